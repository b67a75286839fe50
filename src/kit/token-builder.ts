/** Tokens for a back end's own people, checked before they are signed: what the door would refuse is not made. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { participantIdSchema, roomIdSchema } from "../protocol/commands.js";
import type { Permission, Right, Role } from "../room/grant.js";
import { mintToken } from "../tokens/mint.js";

/**
 * Permissions that go together (`docs/rules.md`): `ask_join` knocks and stands alone; `allow_join` enters and answers knocks,
 * `allow_mod` moderates.
 */
export type TokenPermissions = readonly ["ask_join"] | readonly [Right, ...Right[]];

interface Claims {
  readonly permissions: TokenPermissions;
  /** The doors that the token opens: `rtc` meetings, `crawler` the REST API. Both, where not given. */
  readonly roles?: readonly [Role, ...Role[]] | undefined;
  /** The only participant that it is good for: who they are, whatever they say. */
  readonly participantId?: string | undefined;
  /** Life from now, whole seconds, from 1 on. The app may set a longest one (`maxTokenSeconds`). */
  readonly ttlSeconds: number;
  /** By this it can be revoked; made, where not given. */
  readonly jti?: string | undefined;
}

/** What a token says. One that is used up by the first admission (`oneTime`) names its room. */
export type TokenOptions = Claims &
  (
    | { readonly roomId?: string | undefined; readonly oneTime?: false | undefined }
    | { readonly roomId: string; readonly oneTime: true }
  );

/** What a person's token may say beside their rights. It opens meetings only, and lives an hour unless said. */
export type PersonOptions = Partial<Pick<Claims, "participantId" | "ttlSeconds" | "jti">> &
  (
    | { readonly roomId?: string | undefined; readonly oneTime?: false | undefined }
    | { readonly roomId: string; readonly oneTime: true }
  );

/** What a back end's token may say. It opens the REST API only, and lives ten minutes unless said. */
export interface BackEndOptions extends Partial<Pick<Claims, "participantId" | "ttlSeconds" | "jti">> {
  /** The only room that it is good for; any of the app, where not given. */
  readonly roomId?: string | undefined;
}

/** Signs tokens of one app with one of its keys. Every method throws a `TokenOptionsError` for a token that no door would take. */
export interface TokenBuilder {
  /** Somebody who knocks, and waits in the lobby until a host says yes. */
  guest(options?: PersonOptions): string;
  /** Somebody who enters, and answers knocks. */
  host(options?: PersonOptions): string;
  /** A host who moderates as well. */
  moderator(options?: PersonOptions): string;
  /** A back end that calls the REST API; it can do all that there is to do there. Never give it to a client. */
  backEnd(options?: BackEndOptions): string;
  /** Any token that a door takes. */
  sign(options: TokenOptions): string;
}

/** What a builder signs with. */
export interface TokenBuilderOptions {
  /** Public name of the key. */
  readonly apiKey: string;
  /** UTF-8, at least 32 bytes. */
  readonly secret: string;
  /** Epoch milliseconds; the clock of this machine, unless given. */
  readonly now?: (() => number) | undefined;
  /** Makes ids for tokens that are given none; they must never repeat. */
  readonly makeId?: (() => string) | undefined;
}

/** A token that was not made, because the door would refuse it. It never repeats a value. */
export class TokenOptionsError extends Error {
  override readonly name = "TokenOptionsError";

  constructor(
    /** The option at fault, such as `permissions`. */
    readonly field: string,
    problem: string,
  ) {
    super(`${field} ${problem}`);
  }
}

const HOUR_SECONDS = 3_600;
const BACK_END_SECONDS = 600;
/** Ten years: as long as the longest life that an app can be set to allow. */
const LONGEST_SECONDS = 315_360_000;

/**
 * Makes a builder.
 *
 * ```ts
 * const tokens = createTokenBuilder({ apiKey, secret });
 * const token = tokens.guest({ roomId: "weekly", participantId: user.id });
 * ```
 *
 * @throws RangeError for a secret under 32 bytes
 */
export function createTokenBuilder(options: TokenBuilderOptions): TokenBuilder {
  const { apiKey, secret, now = Date.now, makeId = randomUUID } = options;
  const sign = (asked: TokenOptions): string => {
    check(asked);
    const { permissions, roles, roomId, participantId, ttlSeconds, jti = makeId(), oneTime } = asked;
    const claims = { permissions, roles, roomId, participantId, ttlSeconds, jti };
    return mintToken({ apiKey, secret, now, ...claims, ...(oneTime === true ? { oneTime } : {}) });
  };
  const person =
    (permissions: TokenPermissions) =>
    (given: PersonOptions = {}): string =>
      sign({ ...given, ttlSeconds: given.ttlSeconds ?? HOUR_SECONDS, permissions, roles: ["rtc"] });
  // A secret that cannot sign is told now, and not with the first guest.
  mintToken({ apiKey, secret, now, permissions: ["ask_join"], ttlSeconds: 1 });
  return {
    guest: person(["ask_join"]),
    host: person(["allow_join"]),
    moderator: person(["allow_join", "allow_mod"]),
    backEnd: (given = {}) =>
      sign({
        ...given,
        ttlSeconds: given.ttlSeconds ?? BACK_END_SECONDS,
        permissions: ["allow_join", "allow_mod"],
        roles: ["crawler"],
      }),
    sign,
  };
}

const KNOWN: readonly string[] = ["allow_join", "ask_join", "allow_mod"] satisfies Permission[];
const DOORS: readonly string[] = ["rtc", "crawler"] satisfies Role[];

/** The compiler says most of this too, to those who use one. */
function check(asked: Claims & { roomId?: string | undefined; oneTime?: boolean | undefined }): void {
  const { permissions, roles, roomId, participantId, ttlSeconds, jti, oneTime } = asked;
  const rights = listOf(permissions);
  if (rights.length === 0) throw new TokenOptionsError("permissions", "must name at least one permission");
  if (!rights.every((right) => KNOWN.includes(right)))
    throw new TokenOptionsError("permissions", `takes only ${KNOWN.join(", ")}`);
  if (rights.includes("ask_join") && rights.some((right) => right !== "ask_join"))
    throw new TokenOptionsError("permissions", "cannot have ask_join beside others: it knocks, they enter");
  const doors = roles === undefined ? DOORS : listOf(roles);
  if (doors.length === 0 || !doors.every((door) => DOORS.includes(door)))
    throw new TokenOptionsError("roles", `must be left out, or name ${DOORS.join(" or ")}`);
  if (!doors.includes("crawler") && rights.every((right) => right === "allow_mod"))
    throw new TokenOptionsError(
      "permissions",
      "needs allow_join beside allow_mod: alone it enters no meeting",
    );
  if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > LONGEST_SECONDS)
    throw new TokenOptionsError(
      "ttlSeconds",
      "must be whole seconds, from 1 to ten years: a token has an end",
    );
  checkId("roomId", roomIdSchema, roomId);
  checkId("participantId", participantIdSchema, participantId);
  checkId("jti", z.string().min(1), jti);
  if (oneTime === true && roomId === undefined)
    throw new TokenOptionsError("roomId", "is needed: a token for one use is for one room");
}

/** Nothing, where it is no list: then it names nothing that is known. */
function listOf(value: unknown): readonly string[] {
  return z.array(z.string()).safeParse(value).data ?? [];
}

function checkId(field: string, shape: z.ZodType<string>, value: unknown): void {
  if (value === undefined) return;
  const { error } = shape.safeParse(value);
  if (error !== undefined) throw new TokenOptionsError(field, error.issues[0]?.message ?? "is not an id");
}
