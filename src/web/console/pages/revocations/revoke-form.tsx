/** Revokes tokens: one, those of a participant or a key, or all. */
import { useState } from "preact/hooks";
import { revoke, type Revocation, type RevokeOrder } from "../../api/revocations.js";
import { Section } from "../../parts/basics.js";
import { Button } from "../../parts/buttons.js";
import { ChoiceField, Form, TextField } from "../../parts/form.js";
import { useAction, useConsole } from "../../state/console.js";
import { fromInput } from "../../words/time.js";

const KINDS = [
  ["token", "one token, by its jti"],
  ["participant", "the tokens of a participant"],
  ["key", "the tokens of a key"],
  ["all", "all tokens issued before an instant"],
] as const;
type Kind = (typeof KINDS)[number][0];

/** The form. */
export function RevokeForm({ onRevoked }: { readonly onRevoked: () => void }) {
  const { app, apps, say } = useConsole();
  const keys = apps?.find(({ id }) => id === app)?.keys ?? [];
  const [kind, setKind] = useState<Kind>("token");
  const [values, setValues] = useState({
    jti: "",
    participantId: "",
    roomId: "",
    apiKey: "",
    before: "",
    note: "",
  });
  const action = useAction<Revocation>();
  const set = (name: keyof typeof values) => (value: string) => setValues({ ...values, [name]: value });
  const submit = async (): Promise<void> => {
    const order = orderOf(kind, {
      ...values,
      apiKey: values.apiKey === "" ? (keys[0]?.apiKey ?? "") : values.apiKey,
    });
    if ((await action.run(revoke(app, order))) === null) return;
    setValues({ ...values, jti: "", participantId: "", note: "" });
    say("Revoked. Whoever stands on such a token is out within a second.");
    onRevoked();
  };
  const text = { fault: action.fault } as const;
  return (
    <Section title="Revoke">
      <Form
        label="Revoke tokens"
        fault={action.fault}
        fields={["jti", "participantId", "roomId", "apiKey", "before", "note"]}
        onSubmit={() => void submit()}
        buttons={
          <Button weight="danger" submits isBusy={action.isBusy}>
            Revoke
          </Button>
        }
      >
        <div class="columns">
          <ChoiceField label="What" name="type" value={kind} onValue={setKind} choices={KINDS} />
          {kind === "token" && (
            <TextField {...text} label="jti" name="jti" required value={values.jti} onValue={set("jti")} />
          )}
          {kind === "participant" && (
            <>
              <TextField
                {...text}
                label="Participant id"
                name="participantId"
                required
                value={values.participantId}
                onValue={set("participantId")}
              />
              <TextField
                {...text}
                label="Room"
                name="roomId"
                value={values.roomId}
                onValue={set("roomId")}
                hint="Empty: all rooms."
              />
            </>
          )}
          {kind === "key" && (
            <ChoiceField
              {...text}
              label="Key"
              name="apiKey"
              value={values.apiKey === "" ? (keys[0]?.apiKey ?? "") : values.apiKey}
              onValue={set("apiKey")}
              choices={keys.map(({ apiKey }) => [apiKey, apiKey] as const)}
            />
          )}
          {kind === "all" && (
            <TextField
              {...text}
              label="Issued before"
              name="before"
              type="datetime-local"
              value={values.before}
              onValue={set("before")}
              hint="Empty: now."
            />
          )}
          <TextField
            {...text}
            label="Note"
            name="note"
            value={values.note}
            onValue={set("note")}
            hint="For those who read this list."
          />
        </div>
      </Form>
    </Section>
  );
}

function orderOf(kind: Kind, values: Readonly<Record<string, string>>): RevokeOrder {
  const { jti = "", participantId = "", roomId = "", apiKey = "", before = "", note = "" } = values;
  const noted = note === "" ? {} : { note };
  switch (kind) {
    case "token":
      return { type: kind, jti, ...noted };
    case "participant":
      return { type: kind, participantId, ...(roomId === "" ? {} : { roomId }), ...noted };
    case "key":
      return { type: kind, apiKey, ...noted };
    case "all": {
      const at = fromInput(before);
      return { type: kind, ...(at === null ? {} : { before: at }), ...noted };
    }
  }
}
