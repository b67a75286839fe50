/** What callers show, for people. */
import { markup, type Html } from "../page.js";
import type { Scheme } from "./openapi-access.js";

/** How one speaks of what is shown, and what shows it with curl. */
interface Shown {
  readonly name: string;
  readonly curl: readonly string[];
}

const SHOWN: Readonly<Record<Scheme, Shown>> = {
  none: { name: "nothing", curl: [] },
  token: { name: "a token of yours", curl: [`-H "Authorization: $TOKEN"`] },
  apiToken: { name: "an API token", curl: [`-H "Authorization: Bearer $API_TOKEN"`] },
  credentials: { name: "a key and its secret", curl: [`-u "$API_KEY:$API_SECRET"`] },
  admin: { name: "the admin's token", curl: [`-H "Authorization: Bearer $ADMIN_TOKEN"`] },
};

/** How one speaks of a scheme. */
export function shownAs(scheme: Scheme): Shown {
  return SHOWN[scheme];
}

/** The section about them. */
export function credentialsSection(): Html {
  return markup`<h2 id="access">What to show</h2>
    <article>
      <p>Each route says beside its path what it asks for. None of them takes another in its place.</p>
      <div class="table">
        <table>
          <thead>
            <tr>
              <th>At the route</th>
              <th>Header</th>
              <th>Where it comes from</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <td><code>read</code> <code>decide</code> <code>moderate</code></td>
              <td><code>Authorization: &lt;jwt&gt;</code>, or with <code>Bearer</code> before it</td>
              <td>
                Your back end signs it with the app's secret. One for the REST API alone (role
                <code>crawler</code>) may do all three; one that opens meetings as well needs
                <code>allow_join</code> to decide and <code>allow_mod</code> to moderate
              </td>
            </tr>
            <tr>
              <td><code>credentials</code></td>
              <td><code>Authorization: Basic</code></td>
              <td>A key of the app and its secret; they open the token service and nothing else</td>
            </tr>
            <tr>
              <td>a scope, such as <code>comms:conf:create</code></td>
              <td><code>Authorization: Bearer</code></td>
              <td>An API token that has the scope, from <code>POST /v1/auth/token</code></td>
            </tr>
            <tr>
              <td><code>admin</code></td>
              <td><code>Authorization: Bearer</code></td>
              <td>
                What the gateway was started with as <code>ADMITONE_ADMIN_TOKEN</code>; it belongs to no app
              </td>
            </tr>
            <tr>
              <td><code>public</code></td>
              <td>none</td>
              <td></td>
            </tr>
          </tbody>
        </table>
      </div>
      <h4>From a key to a token for a client</h4>
      <pre>${EXAMPLE}</pre>
    </article>`;
}

const EXAMPLE = `API_TOKEN=$(curl -s ${SHOWN.credentials.curl.join(" ")} -d grant_type=client_credentials \\
  http://localhost:8080/v1/auth/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')

curl ${SHOWN.apiToken.curl.join(" ")} \\
  -d '{"sessionScope":"notifications:set","externalId":"alice"}' \\
  http://localhost:8080/v2/client-access-token`;
