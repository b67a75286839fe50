/** What an app is set to. */
import { useState } from "preact/hooks";
import { changeApp, type App, type AppSettings, type ExpiryPolicy } from "../../api/apps.js";
import { Section } from "../../parts/basics.js";
import { Button } from "../../parts/buttons.js";
import { Check, ChoiceField, Form, TextField } from "../../parts/form.js";
import { useAction, useConsole } from "../../state/console.js";

/** What each policy means to somebody in a meeting, for people. */
export const POLICY_CHOICES: readonly (readonly [ExpiryPolicy, string])[] = [
  ["stay", "stay: nothing happens"],
  ["restrict", "restrict: stays in, but may only leave or refresh"],
  ["leave", "leave: out at expiry"],
];

/** The settings that can be changed here. */
export function AppSettingsForm(props: {
  readonly app: App;
  readonly isFixed: boolean;
  readonly onChanged: () => void;
}) {
  const { app, isFixed, onChanged } = props;
  const { say } = useConsole();
  // What was touched; the rest stays as the gateway has it, also when somebody else changes it meanwhile.
  const [touched, setTouched] = useState<Partial<AppSettings>>({});
  const [maxText, setMaxText] = useState<string | null>(null);
  const save = useAction<App>();
  const now: AppSettings = { ...app, ...touched };
  const touch = (change: Partial<AppSettings>): void => setTouched({ ...touched, ...change });
  const longest = maxText ?? (app.maxTokenSeconds === null ? "" : String(app.maxTokenSeconds));
  const isTouched = Object.keys(touched).length > 0 || maxText !== null;
  const submit = async (): Promise<void> => {
    const limit = maxText === null ? {} : { maxTokenSeconds: maxText === "" ? null : Number(maxText) };
    if ((await save.run(changeApp(app.id, { ...touched, ...limit }))) === null) return;
    setTouched({});
    setMaxText(null);
    onChanged();
    say("The settings are saved.");
  };
  return (
    <Section title="Settings">
      <Form
        label="Settings of the app"
        fault={save.fault}
        fields={["name", "maxTokenSeconds"]}
        onSubmit={() => void submit()}
        buttons={
          !isFixed && (
            <Button weight="primary" submits isBusy={save.isBusy} disabled={!isTouched}>
              Save settings
            </Button>
          )
        }
      >
        <div class="columns">
          <TextField
            label="Name"
            name="name"
            value={now.name}
            disabled={isFixed}
            fault={save.fault}
            onValue={(name) => touch({ name })}
          />
          <TextField
            label="Longest life of a token, seconds"
            name="maxTokenSeconds"
            type="number"
            min={1}
            value={longest}
            disabled={isFixed}
            fault={save.fault}
            onValue={setMaxText}
            hint="Empty: no limit."
          />
          <ChoiceField
            label="When a token expires in a meeting"
            name="expiryPolicy"
            value={now.expiryPolicy}
            disabled={isFixed}
            onValue={(expiryPolicy) => touch({ expiryPolicy })}
            choices={POLICY_CHOICES}
          />
          <ChoiceField
            label="When a client access token expires in a meeting"
            name="clientExpiryPolicy"
            value={now.clientExpiryPolicy}
            disabled={isFixed}
            onValue={(clientExpiryPolicy) => touch({ clientExpiryPolicy })}
            choices={POLICY_CHOICES}
          />
        </div>
        <Check
          label="Rooms open by themselves"
          hint="The first join with a token that names a room makes that room."
          checked={now.openRooms}
          disabled={isFixed}
          onChecked={(openRooms) => touch({ openRooms })}
        />
        <Check
          label="Tokens may be without an expiry"
          checked={now.allowNoExpiry}
          disabled={isFixed}
          onChecked={(allowNoExpiry) => touch({ allowNoExpiry })}
        />
        <Check
          label="Conferences are protected"
          hint="A conference is joined with a conference access token only."
          checked={now.protectedConferences}
          disabled={isFixed}
          onChecked={(protectedConferences) => touch({ protectedConferences })}
        />
      </Form>
    </Section>
  );
}
