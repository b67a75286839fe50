/** Where the events of an app go. */
import { useState } from "preact/hooks";
import { addWebhook, listWebhooks, webhookSecrets, type Webhook } from "../../api/webhooks.js";
import { Badge, Empty, Link, Loaded, Page, Section, When } from "../../parts/basics.js";
import { Button, Secret } from "../../parts/buttons.js";
import { Form, TextField } from "../../parts/form.js";
import { Table, type Column } from "../../parts/table.js";
import { useAction, useConsole, useLive } from "../../state/console.js";

const COLUMNS: readonly Column<Webhook>[] = [
  {
    head: "Address",
    cell: ({ id, url, description }) => (
      <span class="room-name">
        <Link to={{ page: "webhook", id }}>{url}</Link>
        {description !== "" && <span class="muted small">{description}</span>}
      </span>
    ),
  },
  { head: "Events", cell: ({ events }) => events.map((event) => <code key={event}>{event} </code>) },
  {
    head: "State",
    cell: ({ enabled }) => (enabled ? <Badge tone="ok">on</Badge> : <Badge tone="danger">off</Badge>),
  },
  { head: "Added", cell: ({ createdAt }) => <When at={createdAt} /> },
];

/** The page of webhooks. */
export function WebhooksPage() {
  const { app } = useConsole();
  const live = useLive(listWebhooks(app), 3_000);
  return (
    <Page title="Webhooks" live={live}>
      <Section title="Endpoints of the app">
        <Loaded live={live} what="webhooks">
          {(webhooks) =>
            webhooks.length === 0 ? (
              <Empty title="This app has no webhook yet.">
                Add an address below, and what happens in all rooms of the app is posted there.
              </Empty>
            ) : (
              <Table label="Webhooks" columns={COLUMNS} rows={webhooks} idOf={({ id }) => id} />
            )
          }
        </Loaded>
        <p class="muted small">A room may have a webhook of its own; its page says so.</p>
      </Section>
      <AddWebhook />
      <Secrets />
    </Page>
  );
}

function AddWebhook() {
  const { app, go } = useConsole();
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState("*");
  const [description, setDescription] = useState("");
  const add = useAction<Webhook>();
  const submit = async (): Promise<void> => {
    const names = events.split(/[\s,]+/).filter(Boolean);
    const done = await add.run(addWebhook(app, { url, events: names, description }));
    if (done !== null) go({ page: "webhook", id: done.value.id });
  };
  return (
    <Section title="Add an endpoint">
      <Form
        label="Add an endpoint"
        fault={add.fault}
        fields={["url", "events", "description"]}
        onSubmit={() => void submit()}
        buttons={
          <Button weight="primary" submits isBusy={add.isBusy}>
            Add endpoint
          </Button>
        }
      >
        <TextField
          label="Address"
          name="url"
          required
          value={url}
          onValue={setUrl}
          fault={add.fault}
          placeholder="https://desk.example/hook"
        />
        <div class="columns">
          <TextField
            label="Events"
            name="events"
            required
            value={events}
            onValue={setEvents}
            fault={add.fault}
            hint="Names, or beginnings with a *: entry-*, session-*. Just * is everything."
          />
          <TextField
            label="Description"
            name="description"
            value={description}
            onValue={setDescription}
            fault={add.fault}
          />
        </div>
      </Form>
    </Section>
  );
}

function Secrets() {
  const { app } = useConsole();
  const secrets = useLive(webhookSecrets(app), null);
  return (
    <Section title="Signing secrets">
      <p class="muted">
        Each message is signed with all of these, one for each key of the app. Receivers check one of them.
      </p>
      <Loaded live={secrets} what="signing secrets">
        {(list) =>
          list.length === 0 ? (
            <Empty title="No key, no secret.">Give the app a key first.</Empty>
          ) : (
            <ul class="stack-small">
              {list.map((secret, index) => (
                <li key={secret}>
                  <Secret text={secret} what={`signing secret ${index + 1}`} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}
