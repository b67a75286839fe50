/** Makes tokens to try things out with. */
import { useState } from "preact/hooks";
import {
  LONGEST_TOKEN_SECONDS,
  mintTestToken,
  PERMISSIONS,
  type MintedToken,
  type Permission,
  type TokenOrder,
} from "../../api/tokens.js";
import { Facts, Note, Page, Section, When } from "../../parts/basics.js";
import { Button, CopyButton } from "../../parts/buttons.js";
import { Check, ChoiceField, Form, TextField } from "../../parts/form.js";
import { useAction, useConsole } from "../../state/console.js";
import { secondsInWords } from "../../words/time.js";
import { InspectToken } from "./inspect.js";

const MEANING: Readonly<Record<Permission, readonly [string, string]>> = {
  allow_join: ["allow_join", "Enters at once and answers knocks: a host."],
  ask_join: ["ask_join", "Knocks and waits: a guest. Stands alone."],
  allow_mod: ["allow_mod", "Moderates. Opens no door by itself."],
};

const DOORS = [
  ["both", "meetings and the REST API"],
  ["rtc", "meetings only (rtc)"],
  ["crawler", "the REST API only (crawler)"],
] as const;

const LIVES = [
  ["60", "1 minute"],
  ["600", "10 minutes"],
  ["3600", "1 hour"],
  ["14400", "4 hours"],
  ["43200", "12 hours"],
  ["other", "other…"],
] as const;

/** What was made, and from what. */
interface Made extends MintedToken {
  readonly roomId: string;
  readonly ttlSeconds: number;
}

/** The page of test tokens. `roomId`: for which room; "": not said yet. */
export function MintPage({ roomId }: { readonly roomId: string }) {
  const { app } = useConsole();
  const [made, setMade] = useState<Made | null>(null);
  return (
    <Page title="Test tokens">
      <p class="muted">
        A test token is signed with an active key of the app <strong>{app}</strong> and is as good as one that
        its back end signs. It lives {secondsInWords(LONGEST_TOKEN_SECONDS)} at most.
      </p>
      <MintForm wantedRoom={roomId} onMade={setMade} />
      {made !== null && <MadeToken key={made.token} made={made} />}
    </Page>
  );
}

function MintForm(props: { readonly wantedRoom: string; readonly onMade: (made: Made) => void }) {
  const { wantedRoom, onMade } = props;
  const { app } = useConsole();
  const [permissions, setPermissions] = useState<readonly Permission[]>(["allow_join", "allow_mod"]);
  const [doors, setDoors] = useState<(typeof DOORS)[number][0]>("both");
  const [roomId, setRoomId] = useState(wantedRoom);
  const [participantId, setParticipantId] = useState("");
  const [life, setLife] = useState<(typeof LIVES)[number][0]>("3600");
  const [otherLife, setOtherLife] = useState("900");
  const [oneTime, setOneTime] = useState(false);
  const mint = useAction<MintedToken>();
  const submit = async (): Promise<void> => {
    const order: TokenOrder = {
      permissions,
      ttlSeconds: Number(life === "other" ? otherLife : life),
      ...(doors === "both" ? {} : { roles: [doors] }),
      ...(roomId === "" ? {} : { roomId }),
      ...(participantId === "" ? {} : { participantId }),
      ...(oneTime ? { oneTime } : {}),
    };
    const done = await mint.run(mintTestToken(app, order));
    if (done !== null) onMade({ ...done.value, roomId, ttlSeconds: order.ttlSeconds });
  };
  return (
    <Section title="What the token says">
      <Form
        label="Make a test token"
        fault={mint.fault}
        fields={["roomId", "participantId", "ttlSeconds"]}
        onSubmit={() => void submit()}
        buttons={
          <Button weight="primary" submits isBusy={mint.isBusy}>
            Make token
          </Button>
        }
      >
        <fieldset class="stack-small">
          <legend>Permissions</legend>
          {PERMISSIONS.map((permission) => (
            <Check
              key={permission}
              label={MEANING[permission][0]}
              hint={MEANING[permission][1]}
              checked={permissions.includes(permission)}
              onChecked={(checked) =>
                setPermissions(
                  PERMISSIONS.filter((one) => (one === permission ? checked : permissions.includes(one))),
                )
              }
            />
          ))}
        </fieldset>
        {permissions.includes("ask_join") && permissions.length > 1 && (
          <Note tone="warn">ask_join with another permission is refused at the door (4008).</Note>
        )}
        <div class="columns">
          <ChoiceField label="Doors" name="roles" value={doors} onValue={setDoors} choices={DOORS} />
          <TextField
            label="Room"
            name="roomId"
            value={roomId}
            onValue={setRoomId}
            fault={mint.fault}
            hint="Empty: any room of the app."
          />
          <TextField
            label="Participant id"
            name="participantId"
            value={participantId}
            onValue={setParticipantId}
            fault={mint.fault}
            hint="Empty: whoever shows it."
          />
          <ChoiceField label="Lifetime" name="life" value={life} onValue={setLife} choices={LIVES} />
          {life === "other" && (
            <TextField
              label="Lifetime, seconds"
              name="ttlSeconds"
              type="number"
              min={1}
              max={LONGEST_TOKEN_SECONDS}
              required
              value={otherLife}
              onValue={setOtherLife}
              fault={mint.fault}
            />
          )}
        </div>
        <Check
          label="For one use"
          hint="The first admission uses it up. Needs a room."
          checked={oneTime}
          onChecked={setOneTime}
        />
      </Form>
    </Section>
  );
}

function MadeToken({ made }: { readonly made: Made }) {
  const { token, apiKey, expiresAt, roomId, ttlSeconds } = made;
  const [isInspected, setIsInspected] = useState(false);
  return (
    <Section
      title="The token"
      aside={
        <>
          <CopyButton text={token} what="token" />
          {roomId !== "" && (
            // The fragment stays in the browser: no server and no log sees the token.
            <a
              class="button compact"
              href={`/m/${encodeURIComponent(roomId)}#token=${encodeURIComponent(token)}`}
              target="_blank"
              rel="noreferrer"
            >
              Open meeting page
            </a>
          )}
          <Button compact onPress={() => setIsInspected(true)}>
            Inspect
          </Button>
        </>
      }
    >
      <p role="status" class="visually-hidden">
        The token is made.
      </p>
      <code class="token" data-test="token">
        {token}
      </code>
      <Facts
        rows={[
          ["Signed with", <code key="key">{apiKey}</code>],
          [
            "Expires",
            <span key="at">
              <When at={expiresAt} />, {secondsInWords(ttlSeconds)} after it was made
            </span>,
          ],
        ]}
      />
      {roomId === "" && (
        <p class="muted small">Name a room above, and a link to its meeting page appears here.</p>
      )}
      {isInspected && <InspectToken token={token} roomId={roomId} />}
    </Section>
  );
}
