/** One key of an app: its secrets, and what can be done with it. */
import { useState } from "preact/hooks";
import {
  deleteKey,
  revokeSecret,
  rotateKey,
  setKeyActive,
  type App,
  type AppKey,
  type KeySecret,
  type NewSecret,
} from "../../api/apps.js";
import { Badge, FaultNote, When } from "../../parts/basics.js";
import { Button, CopyButton } from "../../parts/buttons.js";
import { Confirm } from "../../parts/dialog.js";
import { ChoiceField } from "../../parts/form.js";
import { useAction, useConsole } from "../../state/console.js";

const OVERLAPS = [
  ["0", "none: the old secret stops now"],
  ["3600", "1 hour"],
  ["86400", "1 day"],
  ["604800", "7 days"],
  ["2592000", "30 days"],
] as const;

type Question =
  | { readonly kind: "rotate" }
  | { readonly kind: "delete" }
  | { readonly kind: "off" }
  | { readonly kind: "revoke"; readonly secretId: string };

/** A key. */
export function KeyCard(props: {
  readonly app: App;
  readonly appKey: AppKey;
  readonly isFixed: boolean;
  readonly onChanged: () => void;
  readonly onSecret: (made: NewSecret) => void;
}) {
  const { app, appKey, isFixed, onChanged, onSecret } = props;
  const { apiKey, active, secrets } = appKey;
  const { say } = useConsole();
  const [question, setQuestion] = useState<Question | null>(null);
  const [overlap, setOverlap] = useState<(typeof OVERLAPS)[number][0]>("86400");
  const change = useAction<unknown>();
  const rotate = useAction<NewSecret>();
  const close = (): void => {
    change.clear();
    rotate.clear();
    setQuestion(null);
  };
  const done = (text: string): void => {
    setQuestion(null);
    onChanged();
    say(text);
  };
  const answer = async (asked: Question): Promise<void> => {
    switch (asked.kind) {
      case "rotate": {
        const made = await rotate.run(rotateKey(app.id, apiKey, Number(overlap)));
        if (made === null) return;
        onSecret(made.value);
        done("The key has its next secret.");
        return;
      }
      case "delete":
        if (await change.run(deleteKey(app.id, apiKey))) done("The key is deleted.");
        return;
      case "off":
        if (await change.run(setKeyActive(app.id, apiKey, false))) done("The key is off.");
        return;
      case "revoke":
        if (await change.run(revokeSecret(app.id, apiKey, asked.secretId))) done("The secret is revoked.");
        return;
    }
  };
  const turnOn = async (): Promise<void> => {
    if (await change.run(setKeyActive(app.id, apiKey, true))) done("The key is on again.");
  };
  return (
    <li class="item">
      <div class="item-head">
        <div class="row">
          <code>{apiKey}</code>
          <CopyButton text={apiKey} what="API key" />
          {active ? <Badge tone="ok">active</Badge> : <Badge tone="danger">off</Badge>}
        </div>
        {!isFixed && (
          <div class="row">
            <Button compact onPress={() => setQuestion({ kind: "rotate" })}>
              Rotate…
            </Button>
            {active ? (
              <Button compact onPress={() => setQuestion({ kind: "off" })}>
                Deactivate…
              </Button>
            ) : (
              <Button compact onPress={() => void turnOn()} isBusy={change.isBusy}>
                Activate
              </Button>
            )}
            <Button compact onPress={() => setQuestion({ kind: "delete" })}>
              Delete…
            </Button>
          </div>
        )}
      </div>
      {question === null && <FaultNote fault={change.fault} />}
      <ul class="secrets">
        {secrets.map((secret) => (
          <SecretRow
            key={secret.id}
            secret={secret}
            onRevoke={
              isFixed || secret.status === "retired"
                ? null
                : () => setQuestion({ kind: "revoke", secretId: secret.id })
            }
          />
        ))}
      </ul>
      {question !== null && (
        <Confirm
          {...TEXTS[question.kind]}
          {...(question.kind === "delete" ? { word: apiKey } : {})}
          weight={question.kind === "rotate" ? "primary" : "danger"}
          isBusy={change.isBusy || rotate.isBusy}
          fault={change.fault ?? rotate.fault}
          onAct={() => void answer(question)}
          onClose={close}
        >
          <p>{TEXTS[question.kind].text}</p>
          {question.kind === "rotate" && (
            <ChoiceField
              label="Overlap"
              name="overlapSeconds"
              value={overlap}
              onValue={setOverlap}
              choices={OVERLAPS}
            />
          )}
        </Confirm>
      )}
    </li>
  );
}

const TEXTS: Readonly<Record<Question["kind"], { title: string; act: string; text: string }>> = {
  rotate: {
    title: "Make the next secret?",
    act: "Rotate",
    text: "The key gets a new secret, shown once. The old one is good until the overlap ends; give your back end the new one by then.",
  },
  off: {
    title: "Deactivate the key?",
    act: "Deactivate",
    text: "Its tokens are refused, and whoever came in with one is out within a second. It can be activated again.",
  },
  delete: {
    title: "Delete the key?",
    act: "Delete the key",
    text: "It is gone with its secrets, and whoever came in with a token of it is out within a second.",
  },
  revoke: {
    title: "Revoke the secret?",
    act: "Revoke",
    text: "Tokens signed with it are refused at once, and whoever stands on one is out within a second.",
  },
};

const TONES = { active: "ok", retiring: "warn", retired: "plain" } as const;

function SecretRow({
  secret,
  onRevoke,
}: {
  readonly secret: KeySecret;
  readonly onRevoke: (() => void) | null;
}) {
  const { id, status, createdAt, retiresAt } = secret;
  return (
    <li class="row small">
      <Badge tone={TONES[status]}>{status}</Badge>
      <span>
        secret <code>{id}</code>
      </span>
      {createdAt !== null && (
        <span class="muted">
          made <When at={createdAt} />
        </span>
      )}
      {retiresAt !== null && (
        <span class="muted">
          {status === "retired" ? "stopped" : "stops"} <When at={retiresAt} />
        </span>
      )}
      {onRevoke !== null && (
        <Button compact weight="quiet" onPress={onRevoke} label={`Revoke secret ${id}`}>
          Revoke…
        </Button>
      )}
    </li>
  );
}
