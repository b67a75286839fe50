/** One app: its keys, its settings, its end. */
import { useState } from "preact/hooks";
import { addKey, deleteApp, listApps, type App, type NewSecret } from "../../api/apps.js";
import {
  Badge,
  Empty,
  Facts,
  FaultNote,
  Link,
  Loaded,
  Note,
  Page,
  Section,
  When,
} from "../../parts/basics.js";
import { Button } from "../../parts/buttons.js";
import { Confirm } from "../../parts/dialog.js";
import { useAction, useConsole, useLive } from "../../state/console.js";
import { AppSettingsForm } from "./app-settings.js";
import { KeyCard } from "./key-card.js";
import { NewSecretDialog } from "./new-secret.js";

/** The page of an app. */
export function AppPage({ id }: { readonly id: string }) {
  const live = useLive(listApps(), 3_000);
  const app = live.data?.find((one) => one.id === id);
  return (
    <Page
      title={`App ${id}`}
      live={live}
      aside={app?.source === "settings" ? <Badge>settings of the gateway</Badge> : undefined}
    >
      <p>
        <Link to={{ page: "apps" }}>All apps</Link>
      </p>
      <Loaded live={live} what="the app">
        {() =>
          app === undefined ? (
            <Empty title="There is no such app.">It may have been deleted.</Empty>
          ) : (
            <AppBody app={app} onChanged={live.again} />
          )
        }
      </Loaded>
    </Page>
  );
}

function AppBody({ app, onChanged }: { readonly app: App; readonly onChanged: () => void }) {
  const { refreshApps } = useConsole();
  const isFixed = app.source === "settings";
  const [made, setMade] = useState<NewSecret | null>(null);
  const add = useAction<NewSecret>();
  const changed = (): void => {
    onChanged();
    refreshApps();
  };
  const addOne = async (): Promise<void> => {
    const done = await add.run(addKey(app.id));
    if (done === null) return;
    setMade(done.value);
    changed();
  };
  return (
    <>
      {isFixed && (
        <Note tone="accent">
          This app comes from the settings of the gateway. Change it there and restart the gateway.
        </Note>
      )}
      <Section
        title="Keys"
        aside={
          !isFixed && (
            <Button onPress={() => void addOne()} isBusy={add.isBusy}>
              Add a key
            </Button>
          )
        }
      >
        <FaultNote fault={add.fault} />
        {app.keys.length === 0 ? (
          <Empty title="This app has no key.">Without one no token of it can be good. Add a key.</Empty>
        ) : (
          <ul class="stack">
            {app.keys.map((key) => (
              <KeyCard
                key={key.apiKey}
                app={app}
                appKey={key}
                isFixed={isFixed}
                onChanged={changed}
                onSecret={setMade}
              />
            ))}
          </ul>
        )}
      </Section>
      <AppSettingsForm app={app} isFixed={isFixed} onChanged={changed} />
      <Section title="About">
        <Facts
          rows={[
            ["Created", app.createdAt === null ? "with the settings" : <When key="at" at={app.createdAt} />],
            [
              "Identity providers",
              app.issuers.length === 0 ? "none" : app.issuers.map((one) => <code key={one}>{one} </code>),
            ],
          ]}
        />
        {!isFixed && <DeleteApp app={app} onDeleted={changed} />}
      </Section>
      {made !== null && <NewSecretDialog made={made} onClose={() => setMade(null)} />}
    </>
  );
}

function DeleteApp({ app, onDeleted }: { readonly app: App; readonly onDeleted: () => void }) {
  const { go, say } = useConsole();
  const [isAsking, setIsAsking] = useState(false);
  const gone = useAction<null>();
  const act = async (): Promise<void> => {
    if ((await gone.run(deleteApp(app.id))) === null) return;
    say(`The app ${app.id} is deleted.`);
    onDeleted();
    go({ page: "apps" });
  };
  return (
    <div>
      <Button weight="danger" onPress={() => setIsAsking(true)}>
        Delete the app…
      </Button>
      {isAsking && (
        <Confirm
          title={`Delete ${app.id}?`}
          act="Delete the app"
          word={app.id}
          isBusy={gone.isBusy}
          fault={gone.fault}
          onAct={() => void act()}
          onClose={() => {
            gone.clear();
            setIsAsking(false);
          }}
        >
          <p>Its keys go with it, and everybody who came in with its tokens is out within a second.</p>
        </Confirm>
      )}
    </div>
  );
}
