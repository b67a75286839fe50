/** Says what a token is worth, and why. The token is in this page's memory only, and gone when another page is shown. */
import { useEffect, useState } from "preact/hooks";
import { explainToken, type ExplainedToken } from "../../api/tokens.js";
import { Empty, FaultNote, Loading, Page, Section } from "../../parts/basics.js";
import { Button } from "../../parts/buttons.js";
import { Form, LongField, TextField } from "../../parts/form.js";
import { useAction } from "../../state/console.js";
import { TokenReport } from "./token-report.js";

/** The page to paste a token into. */
export function InspectPage() {
  const [token, setToken] = useState("");
  const [roomId, setRoomId] = useState("");
  const [asked, setAsked] = useState<{
    readonly token: string;
    readonly roomId: string;
    readonly turn: number;
  } | null>(null);
  return (
    <Page title="Inspect a token">
      <Section title="The token">
        <Form
          label="Inspect a token"
          onSubmit={() => setAsked({ token: bare(token), roomId, turn: (asked?.turn ?? 0) + 1 })}
          buttons={
            <>
              <Button weight="primary" submits disabled={bare(token) === ""}>
                Inspect
              </Button>
              <Button
                weight="quiet"
                disabled={token === "" && asked === null}
                onPress={() => {
                  setToken("");
                  setAsked(null);
                }}
              >
                Clear
              </Button>
            </>
          }
        >
          <LongField
            label="Token"
            name="token"
            rows={5}
            value={token}
            onValue={setToken}
            hint="Sent to this gateway only. It is kept nowhere, neither here nor there."
          />
          <TextField
            label="Room that would be joined"
            name="roomId"
            value={roomId}
            onValue={setRoomId}
            hint="Empty: the one that the token names. The room itself is asked what it would say."
          />
        </Form>
      </Section>
      {asked === null ? (
        <div class="card">
          <Empty title="No token inspected yet.">
            Paste one above to see its claims, whose key signed it, and what each door would say now.
          </Empty>
        </div>
      ) : (
        <InspectToken key={asked.turn} token={asked.token} roomId={asked.roomId} />
      )}
    </Page>
  );
}

/** What both doors make of a token. */
export function InspectToken({ token, roomId }: { readonly token: string; readonly roomId: string }) {
  const explain = useAction<ExplainedToken>();
  const [found, setFound] = useState<readonly ExplainedToken[] | null>(null);
  useEffect(() => {
    const room = roomId === "" ? {} : { roomId };
    const ask = async (): Promise<void> => {
      const meeting = await explain.run(explainToken({ token, door: "meeting", ...room }));
      const rest = meeting && (await explain.run(explainToken({ token, door: "rest" })));
      if (meeting !== null && rest !== null) setFound([meeting.value, rest.value]);
    };
    void ask();
  }, [token, roomId]);
  if (found !== null) return <TokenReport doors={found} />;
  return explain.fault === null ? <Loading what="what the doors say" /> : <FaultNote fault={explain.fault} />;
}

/** A token as people paste it: perhaps with `Bearer` in front, or broken into lines. */
function bare(text: string): string {
  return text.replace(/^\s*bearer\s+/i, "").replaceAll(/\s/g, "");
}
