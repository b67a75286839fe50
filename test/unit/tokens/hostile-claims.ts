/** Hostile tokens, rightly signed, by what they claim: times, version, permissions, roles, scopes. */
import { BETA_SECRET, DELTA_SECRET, HEADER, claims, claimsText, craft } from "./craft.js";
import { ROOM, on, onlyAt } from "./hostile.js";
import type { Hostile } from "./hostile.js";

const V2 = { version: 2 };

export function hostileClaims(now: number): Hostile[] {
  const second = Math.floor(now / 1000);
  const made = (changes: Readonly<Record<string, unknown>>): string => craft(claims(changes, now));
  const bad = (field: string, value: unknown, more: object = {}): Hostile =>
    on(`${field} is ${JSON.stringify(value)}`, made({ ...more, [field]: value }), "claims_invalid", field);
  const once = (changes: Readonly<Record<string, unknown>>): string =>
    made({ ...V2, oneTime: true, jti: "t-1", roomId: ROOM, ...changes });
  const long = (name: string, times: Readonly<Record<string, unknown>>): Hostile =>
    on(
      `longer than the app allows: ${name}`,
      craft(claims({ apikey: "delta-key", ...times }, now), HEADER, DELTA_SECRET),
      "lifetime_too_long",
      "exp",
    );
  const each = (field: string, values: readonly unknown[], more: object = {}): Hostile[] =>
    values.map((value) => bad(field, value, more));
  const unversioned = (name: string, changes: Readonly<Record<string, unknown>>): Hostile =>
    on(`without version 2: ${name}`, made(changes), "version_required", "version");
  const noWay = (permissions: unknown): Hostile =>
    on(
      `permissions ${JSON.stringify(permissions)}`,
      made({ permissions }),
      "permissions_invalid",
      "permissions",
    );
  const noEntry = (permissions: readonly string[]): Hostile =>
    onlyAt(
      "meeting",
      `entering with ${permissions.join("+")}`,
      made({ permissions }),
      "permissions_invalid",
      "permissions",
    );
  const otherRoom = (name: string, roomId: string): Hostile =>
    onlyAt("meeting", `room: ${name}`, made({ ...V2, roomId }), "room_mismatch", "roomId");
  const otherPerson = (name: string, participantId: string): Hostile =>
    onlyAt(
      "meeting",
      `participant: ${name}`,
      made({ ...V2, participantId }),
      "participant_mismatch",
      "participantId",
    );
  return [
    on("no exp", made({ exp: undefined }), "expiry_missing", "exp"),
    on("EXP for exp", made({ exp: undefined, EXP: second + 600 }), "expiry_missing", "exp"),
    on(
      "exp in the header only",
      craft(claims({ exp: undefined }, now), { ...HEADER, exp: second + 600 }),
      "expiry_missing",
      "exp",
    ),
    ...each("exp", [
      String(second + 600),
      "",
      "never",
      null,
      true,
      [second + 600],
      {},
      second + 600.5,
      1e300,
    ]),
    ...each("exp", [9_007_199_254_740_992, 8_640_000_000_001, -8_640_000_000_001]),
    on(
      "exp as a fraction in exponent form",
      craft(claimsText('"exp":17e-1', now, ["exp"])),
      "claims_invalid",
      "exp",
    ),
    on("expired a minute ago", made({ exp: second - 60 }), "token_expired", "exp"),
    on("expired this second", made({ exp: second }), "token_expired", "exp"),
    on("expired at zero", made({ exp: 0 }), "token_expired", "exp"),
    on("expired at minus zero", craft(claimsText('"exp":-0', now, ["exp"])), "token_expired", "exp"),
    on("expired before 1970", made({ exp: -1 }), "token_expired", "exp"),
    on("expired long before 1970", made({ exp: -8_000_000_000_000 }), "token_expired", "exp"),
    on(
      "expired in an app that allows no exp",
      craft(claims({ apikey: "beta-key", exp: second - 60 }, now), HEADER, BETA_SECRET),
      "token_expired",
      "exp",
    ),
    on(
      "exp null in an app that allows no exp",
      craft(claims({ apikey: "beta-key", exp: null }, now), HEADER, BETA_SECRET),
      "claims_invalid",
      "exp",
    ),
    on(
      "expired and no permissions: the time comes first",
      made({ exp: second - 60, permissions: [] }),
      "token_expired",
      "exp",
    ),
    ...each("nbf", [String(second), null, 0.5, {}]),
    ...each("iat", [String(second), null, 0.5, []]),
    on("nbf two minutes ahead", made({ nbf: second + 120 }), "token_not_yet_valid", "nbf"),
    on("nbf after exp", made({ nbf: second + 900 }), "token_not_yet_valid", "nbf"),
    on("nbf years ahead", made({ nbf: second + 1e9 }), "token_not_yet_valid", "nbf"),
    on("iat two minutes ahead", made({ iat: second + 120 }), "token_not_yet_valid", "iat"),
    on("iat hours ahead", made({ iat: second + 7200, exp: second + 9000 }), "token_not_yet_valid", "iat"),
    on("iat in milliseconds", made({ iat: now }), "token_not_yet_valid", "iat"),
    long("by a second", { exp: second + 3601 }),
    long("for ever, or nearly so", { exp: second + 3e9 }),
    long("said to be made long ago", { iat: second - 3000, exp: second + 601 }),
    on(
      "of an app that limits their life: not said when it was made",
      craft(claims({ apikey: "delta-key", iat: undefined, exp: second + 60 }, now), HEADER, DELTA_SECRET),
      "claims_invalid",
      "iat",
    ),
    long("said to be made in 1970", { iat: 0 }),
    ...each("jti", ["", 7, null, ["a"]]),
    ...each("typ", ["at+jwt", "refresh", "Bearer", null, 1]),

    ...each("version", [1, 3, "1", "2.0", " 2", null, true, [2], 2.5, -2]),
    unversioned("roomId", { roomId: ROOM }),
    unversioned("participantId", { participantId: "ann" }),
    unversioned("roles", { roles: ["rtc", "crawler"] }),
    unversioned("all three", { roomId: ROOM, participantId: "ann", roles: ["rtc", "crawler"] }),
    unversioned("version 1", { version: 1, roomId: ROOM }),
    unversioned("version null", { version: null, roles: ["rtc", "crawler"] }),
    unversioned("version in a list", { version: [2], roomId: ROOM }),
    unversioned("Version", { Version: 2, roomId: ROOM }),

    ...[undefined, null, [], "allow_join", "allow_join,allow_mod", {}, { allow_join: true }, 1].map(noWay),
    ...[["allow_all"], ["ALLOW_JOIN"], ["allow_join "], ["allow_join", "admin"], ["allow_join", null]].map(
      noWay,
    ),
    ...[[["allow_join"]], ["__proto__"], [""], ["*"], ["allow_join,allow_mod"]].map(noWay),
    noEntry(["allow_mod"]),
    noEntry(["allow_mod", "allow_mod"]),
    noEntry(["ask_join", "allow_join"]),
    noEntry(["allow_join", "ask_join"]),
    noEntry(["ask_join", "allow_mod"]),
    noEntry(["allow_join", "ask_join", "allow_mod"]),

    ...each("roles", [[], "rtc", null, ["admin"], ["rtc", "admin"], ["RTC"], [["rtc"]], {}, [null]], V2),
    onlyAt(
      "meeting",
      "a crawler at a meeting",
      made({ ...V2, roles: ["crawler"] }),
      "role_not_allowed",
      "roles",
    ),
    onlyAt(
      "meeting",
      "a crawler twice",
      made({ ...V2, roles: ["crawler", "crawler"] }),
      "role_not_allowed",
      "roles",
    ),
    onlyAt(
      "meeting",
      "a crawler before the wrong room",
      made({ ...V2, roles: ["crawler"], roomId: "other" }),
      "role_not_allowed",
      "roles",
    ),
    onlyAt(
      "rest",
      "a meeting token at the REST API",
      made({ ...V2, roles: ["rtc"] }),
      "role_not_allowed",
      "roles",
    ),

    ...each("roomId", ["", null, 7, ["room-1"], {}, true], V2),
    ...each("oneTime", ["true", 1, 0, null, {}, ["true"]], { ...V2, jti: "t-1", roomId: ROOM }),
    on("one-time without jti", once({ jti: undefined }), "claims_invalid", "jti"),
    on("one-time without a room", once({ roomId: undefined }), "claims_invalid", "roomId"),
    on("one-time without exp", once({ exp: undefined }), "claims_invalid", "exp"),
    on("one-time without version 2", once({ version: undefined }), "version_required", "version"),
    on(
      "one-time without exp in an app that allows no exp",
      craft(
        claims({ ...V2, apikey: "beta-key", oneTime: true, jti: "t-1", roomId: ROOM, exp: undefined }, now),
        HEADER,
        BETA_SECRET,
      ),
      "claims_invalid",
      "exp",
    ),
    on("one-time and expired", once({ exp: second - 60 }), "token_expired", "exp"),

    otherRoom("another", "room-2"),
    otherRoom("in capitals", ROOM.toUpperCase()),
    otherRoom("with a space", `${ROOM} `),
    otherRoom("a prefix", ROOM.slice(0, -1)),
    otherRoom("with a zero width space", `${ROOM}\u{200b}`),
    otherRoom("a pattern", "*"),
    otherRoom("a prototype's name", "__proto__"),
    ...each(
      "participantId",
      ["", null, 7, ["ann"], {}, "*", "a b", "ann\n", "\t", "a\0b", "a\u{85}b", "a\u{a0}b"],
      V2,
    ),
    ...each("participantId", ["\u{feff}ann", "\u{2028}", "x".repeat(129)], V2),
    otherPerson("another", "bob"),
    otherPerson("in capitals", "Ann"),
    otherPerson("a prefix", "an"),
    otherPerson("another spelling of the same letters", "ａnn"),
    onlyAt(
      "meeting",
      "another room and another person: the room comes first",
      made({ ...V2, roomId: "room-2", participantId: "bob" }),
      "room_mismatch",
      "roomId",
    ),
  ];
}
