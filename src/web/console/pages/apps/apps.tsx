/** All apps, and a new one. */
import { useState } from "preact/hooks";
import { createApp, listApps, type App, type NewSecret } from "../../api/apps.js";
import { Badge, Empty, Link, Loaded, Page, Section, When } from "../../parts/basics.js";
import { Button } from "../../parts/buttons.js";
import { Form, TextField } from "../../parts/form.js";
import { Table, type Column } from "../../parts/table.js";
import { useAction, useConsole, useLive } from "../../state/console.js";
import { NewSecretDialog } from "./new-secret.js";

const COLUMNS: readonly Column<App>[] = [
  { head: "App", cell: ({ id }) => <Link to={{ page: "app", id }}>{id}</Link> },
  { head: "Name", cell: ({ name }) => name },
  {
    head: "Keys",
    cell: ({ keys }) => {
      const active = keys.filter((key) => key.active).length;
      return (
        <>
          {keys.length} {active < keys.length && <Badge tone="warn">{keys.length - active} off</Badge>}
        </>
      );
    },
  },
  {
    head: "Comes from",
    cell: ({ source }) => (source === "settings" ? "the settings of the gateway" : "the store"),
  },
  { head: "Created", cell: ({ createdAt }) => (createdAt === null ? "–" : <When at={createdAt} />) },
];

/** The list of apps. */
export function AppsPage() {
  const live = useLive(listApps(), 3_000);
  return (
    <Page title="Apps and keys" live={live}>
      <Section title="Apps">
        <Loaded live={live} what="apps">
          {(apps) =>
            apps.length === 0 ? (
              <Empty title="There is no app yet.">Create one below; its first key comes with it.</Empty>
            ) : (
              <Table label="Apps" columns={COLUMNS} rows={apps} idOf={({ id }) => id} />
            )
          }
        </Loaded>
      </Section>
      <CreateApp onCreated={live.again} />
    </Page>
  );
}

function CreateApp({ onCreated }: { readonly onCreated: () => void }) {
  const { refreshApps } = useConsole();
  const [id, setId] = useState("");
  const [name, setName] = useState("");
  const [made, setMade] = useState<NewSecret | null>(null);
  const create = useAction<NewSecret>();
  const submit = async (): Promise<void> => {
    const done = await create.run(createApp({ id, ...(name === "" ? {} : { name }) }));
    if (done === null) return;
    setMade(done.value);
    setId("");
    setName("");
    onCreated();
    refreshApps();
  };
  return (
    <Section title="Create an app">
      <Form
        label="Create an app"
        fault={create.fault}
        fields={["id", "name"]}
        onSubmit={() => void submit()}
        buttons={
          <Button weight="primary" submits isBusy={create.isBusy}>
            Create app
          </Button>
        }
      >
        <div class="columns">
          <TextField
            label="Id"
            name="id"
            required
            value={id}
            onValue={setId}
            fault={create.fault}
            hint="Letters, digits, dot, dash and underscore; it cannot be changed later."
          />
          <TextField
            label="Name"
            name="name"
            value={name}
            onValue={setName}
            fault={create.fault}
            hint="For people."
          />
        </div>
      </Form>
      {made !== null && <NewSecretDialog made={made} onClose={() => setMade(null)} />}
    </Section>
  );
}
