/** One endpoint, and what was sent to it. */
import { useState } from "preact/hooks";
import {
  getWebhook,
  removeWebhook,
  setWebhookEnabled,
  testWebhook,
  type Delivery,
  type Webhook,
} from "../../api/webhooks.js";
import { Badge, Facts, FaultNote, Link, Loaded, Note, Page, Section, When } from "../../parts/basics.js";
import { Button } from "../../parts/buttons.js";
import { Confirm } from "../../parts/dialog.js";
import { useAction, useConsole, useLive } from "../../state/console.js";
import { Deliveries, Outcome } from "./deliveries.js";

/** The page of an endpoint. */
export function WebhookPage({ id }: { readonly id: string }) {
  const { app } = useConsole();
  const live = useLive(getWebhook(app, id), 3_000);
  const [turn, setTurn] = useState(0);
  return (
    <Page
      title="Webhook"
      live={live}
      aside={
        live.data !== null &&
        (live.data.enabled ? <Badge tone="ok">on</Badge> : <Badge tone="danger">off</Badge>)
      }
    >
      <p>
        <Link to={{ page: "webhooks" }}>All webhooks</Link>
      </p>
      <Loaded live={live} what="the webhook">
        {(webhook) => (
          <>
            <Endpoint
              webhook={webhook}
              onChanged={() => {
                live.again();
                setTurn(turn + 1);
              }}
            />
            <Deliveries id={id} turn={turn} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Endpoint({ webhook, onChanged }: { readonly webhook: Webhook; readonly onChanged: () => void }) {
  const { app } = useConsole();
  const { id, url, events, enabled, description, createdAt } = webhook;
  const [isRemoving, setIsRemoving] = useState(false);
  const [tested, setTested] = useState<Delivery | null>(null);
  const test = useAction<Delivery>();
  const toggle = useAction<Webhook>();
  const sendTest = async (): Promise<void> => {
    setTested(null);
    const done = await test.run(testWebhook(app, id));
    if (done !== null) setTested(done.value);
    onChanged();
  };
  return (
    <Section title="Endpoint">
      <Facts
        rows={[
          ["Address", <code key="url">{url}</code>],
          ["Events", events.map((event) => <code key={event}>{event} </code>)],
          ["Description", description === "" ? "–" : description],
          ["Added", <When key="at" at={createdAt} />],
        ]}
      />
      <div class="row">
        <Button weight="primary" onPress={() => void sendTest()} isBusy={test.isBusy}>
          {test.isBusy ? "Sending…" : "Send a test message"}
        </Button>
        <Button
          isBusy={toggle.isBusy}
          onPress={() =>
            void toggle.run(setWebhookEnabled(app, id, !enabled)).then((done) => done && onChanged())
          }
        >
          {enabled ? "Turn off" : "Turn on"}
        </Button>
        <Button weight="danger" onPress={() => setIsRemoving(true)}>
          Remove…
        </Button>
      </div>
      <FaultNote fault={test.fault ?? toggle.fault} />
      <div role="status">
        {tested !== null && (
          <Note tone={tested.status === "delivered" ? "ok" : "warn"}>
            The test message was {tested.status === "delivered" ? "delivered" : "not delivered"}:{" "}
            <Outcome delivery={tested} />
          </Note>
        )}
      </div>
      {isRemoving && <RemoveWebhook webhook={webhook} onClose={() => setIsRemoving(false)} />}
    </Section>
  );
}

function RemoveWebhook({ webhook, onClose }: { readonly webhook: Webhook; readonly onClose: () => void }) {
  const { app, go, say } = useConsole();
  const gone = useAction<null>();
  const act = async (): Promise<void> => {
    if ((await gone.run(removeWebhook(app, webhook.id))) === null) return;
    say("The webhook is removed.");
    go({ page: "webhooks" });
  };
  return (
    <Confirm
      title="Remove the webhook?"
      act="Remove"
      isBusy={gone.isBusy}
      fault={gone.fault}
      onAct={() => void act()}
      onClose={onClose}
    >
      <p>
        Nothing more is sent to <code>{webhook.url}</code>, and what waits for it is dropped.
      </p>
    </Confirm>
  );
}
