/** The way in: the admin token, shown once. */
import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api/client.js";
import { faultOf, type Fault } from "../api/fault.js";
import { signIn } from "../api/session.js";
import { Note } from "../parts/basics.js";
import { Button } from "../parts/buttons.js";
import { Form, TextField } from "../parts/form.js";

/** Why somebody stands here: for the first time, because a session is over, or because this gateway has no admin. */
export type SignedOut = "new" | "expired" | "left" | "disabled";

const SAID: Readonly<Record<SignedOut, string>> = {
  new: "",
  expired: "Your session has ended. Sign in again to go on where you were.",
  left: "You are signed out.",
  disabled: "",
};

/** Asks for the admin token. */
export function SignIn(props: {
  readonly api: Api;
  readonly why: SignedOut;
  /** A token that the address brought; tried at once. */
  readonly offered: string | null;
  readonly onSignedIn: () => void;
}) {
  const { api, why, offered, onSignedIn } = props;
  const [token, setToken] = useState("");
  const [isBusy, setIsBusy] = useState(offered !== null);
  const [fault, setFault] = useState<Fault | null>(null);

  const tryOut = async (shown: string): Promise<void> => {
    setIsBusy(true);
    setFault(null);
    try {
      await api.call(signIn(shown));
      setToken("");
      onSignedIn();
    } catch (error) {
      setFault(faultOf(error));
      setIsBusy(false);
    }
  };
  useEffect(() => {
    document.title = "Sign in · Admit One console";
    if (offered !== null) void tryOut(offered);
  }, [offered]);

  const isDisabled = why === "disabled" || (fault?.kind === "refused" && fault.code === "admin_disabled");
  return (
    <main class="sign-in" id="page">
      <div class="card stack">
        <div>
          <p class="brand">Admit One</p>
          <h1 tabIndex={-1}>Sign in to the console</h1>
        </div>
        {SAID[why] !== "" && fault === null && <Note tone="accent">{SAID[why]}</Note>}
        {isDisabled ? (
          <Note tone="warn">
            This gateway was started without an admin token, so nobody can sign in. Set{" "}
            <code>ADMITONE_ADMIN_TOKEN</code> to a secret of at least 32 characters, restart the gateway, and
            come back. <code class="code-tag">admin_disabled</code>
          </Note>
        ) : (
          <Form
            label="Sign in"
            fault={fault}
            fields={["token"]}
            onSubmit={() => void tryOut(token)}
            buttons={
              <Button weight="primary" submits isBusy={isBusy}>
                {isBusy ? "Signing in…" : "Sign in"}
              </Button>
            }
          >
            <TextField
              label="Admin token"
              name="token"
              type="password"
              required
              value={token}
              onValue={setToken}
              fault={fault}
              hint="What the gateway was started with as ADMITONE_ADMIN_TOKEN. It is not kept in this browser."
            />
          </Form>
        )}
      </div>
    </main>
  );
}
