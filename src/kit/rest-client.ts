/** The REST API of a gateway as typed methods, for back ends. */
import { createCaller, type Call } from "./caller.js";
import { KeptToken, type Issued } from "./kept-token.js";
import { OPERATIONS } from "./operations.js";
import { BansApi, EventsApi, LobbyApi, MessagesApi, ModerationApi } from "./rest-inside.js";
import { RoomsApi, SessionsApi } from "./rest-rooms.js";
import { ConferencesApi, RevocationsApi, TokensApi } from "./rest-tokens.js";
import { WebhooksApi } from "./rest-webhooks.js";
import { surroundingsOf, type Surroundings } from "./surroundings.js";
import { createTokenBuilder } from "./token-builder.js";

/** What a client calls with. */
export interface RestClientOptions {
  /** Where the gateway is: `https://meet.example.org`, with a path where it stands behind one. */
  readonly url: string;
  /** Public name of a key of the app. */
  readonly apiKey: string;
  /** Its secret: UTF-8, at least 32 bytes. */
  readonly secret: string;
  /** How long one answer may take, milliseconds; 15,000 unless said. */
  readonly timeoutMs?: number | undefined;
  /** How often a call is tried that may be sent again, the first time included; 4 unless said. */
  readonly attempts?: number | undefined;
  /** Sends requests; the platform's, unless given. */
  readonly fetch?: Surroundings["fetch"];
  /** Epoch milliseconds; the clock of this machine, unless given. */
  readonly now?: Surroundings["now"];
  /** From 0 to below 1: for the waits between attempts. */
  readonly random?: Surroundings["random"];
  readonly startTimer?: Surroundings["startTimer"];
  /** Makes ids of commands and tokens; they must never repeat. */
  readonly makeId?: Surroundings["makeId"];
}

/** The REST API. Every method rejects with a `RestError`, or with the reason of the signal that it was given. */
export interface RestClient {
  readonly rooms: RoomsApi;
  readonly sessions: SessionsApi;
  readonly lobby: LobbyApi;
  readonly moderation: ModerationApi;
  readonly messages: MessagesApi;
  readonly bans: BansApi;
  readonly events: EventsApi;
  readonly tokens: TokensApi;
  readonly conferences: ConferencesApi;
  readonly revocations: RevocationsApi;
  readonly webhooks: WebhooksApi;
}

const TIMEOUT_MS = 15_000;
const ATTEMPTS = 4;
const OWN_SECONDS = 600;

/**
 * Makes a client. It shows what each call wants: short tokens of its own for rooms and all that is in them, an API token of the
 * gateway's for conferences and client access tokens. Both are used again until a minute before their end.
 *
 * Calls are sent again only where that does no harm: those that read, deletions, and commands, which carry an `Idempotency-Key`; then
 * after faults, 429 and lines that broke, behind what `Retry-After` asks for.
 *
 * ```ts
 * const gateway = createRestClient({ url: "https://meet.example.org", apiKey, secret });
 * const { roomId } = await gateway.rooms.create({ customRoomId: "weekly" });
 * await gateway.lobby.admitAll(roomId);
 * ```
 *
 * @throws TypeError for an address that is not one of http or https
 * @throws RangeError for a secret under 32 bytes
 */
export function createRestClient(options: RestClientOptions): RestClient {
  const { apiKey, secret, timeoutMs = TIMEOUT_MS, attempts = ATTEMPTS } = options;
  const surroundings = surroundingsOf(options);
  const { now, makeId } = surroundings;
  const tokens = createTokenBuilder({ apiKey, secret, now, makeId });
  const own = new KeptToken(
    () =>
      Promise.resolve({
        token: tokens.backEnd({ ttlSeconds: OWN_SECONDS }),
        expiresAt: now() + OWN_SECONDS * 1_000,
      }),
    now,
  );
  const api = new KeptToken(() => makeApiToken(call, now), now);
  const basic = `Basic ${Buffer.from(`${apiKey}:${secret}`).toString("base64")}`;
  const call: Call = createCaller({
    ...{ base: baseOf(options.url), timeoutMs, attempts, surroundings },
    credentials: {
      own: bearer(own),
      api: bearer(api),
      credentials: { get: () => basic, forget: () => undefined },
    },
  });
  return {
    rooms: new RoomsApi(call),
    sessions: new SessionsApi(call),
    lobby: new LobbyApi(call),
    moderation: new ModerationApi(call),
    messages: new MessagesApi(call),
    bans: new BansApi(call),
    events: new EventsApi(call),
    tokens: new TokensApi(call),
    conferences: new ConferencesApi(call),
    revocations: new RevocationsApi(call),
    webhooks: new WebhooksApi(call),
  };
}

async function makeApiToken(call: Call, now: () => number): Promise<Issued> {
  // From before the answer was on its way.
  const asked = now();
  const form = { grant_type: "client_credentials" };
  const { access_token: token, expires_in: seconds } = await call(OPERATIONS.makeApiToken, { form });
  return { token, expiresAt: asked + seconds * 1_000 };
}

function bearer(kept: KeptToken): { get(): Promise<string>; forget(shown: string): void } {
  const scheme = "Bearer ";
  return {
    get: async () => `${scheme}${await kept.get()}`,
    forget: (shown) => kept.forget(shown.slice(scheme.length)),
  };
}

function baseOf(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol))
    throw new TypeError("url must be the address of the gateway, beginning with https:// or http://");
  // They would be in every address that is logged on the way, and in the text of errors.
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    throw new TypeError("url must have no user name, password, query or fragment");
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}
