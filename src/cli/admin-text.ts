/** Apps, keys and revocations for people. */
import type { AppAnswer, NewSecretAnswer, RevocationAnswer } from "./admin-answers.js";
import { columns, listed, printable } from "./text.js";

/** A time of an answer (ISO 8601) in local words; what is none stays as it is. */
export function localTime(iso: string, timeZone?: string): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return printable(iso);
  const zone = timeZone === undefined ? {} : { timeZone };
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium", ...zone }).format(at);
}

/** A length of time in the largest unit that fits: `90s`, `2h`. */
export function durationText(seconds: number): string {
  const units = [
    ["d", 86_400],
    ["h", 3_600],
    ["m", 60],
  ] as const;
  const fitting = units.find(([, length]) => seconds >= length && seconds % length === 0);
  return fitting === undefined ? `${seconds}s` : `${seconds / fitting[1]}${fitting[0]}`;
}

/** All apps, one a line. */
export function appsText(apps: readonly AppAnswer[]): string {
  if (apps.length === 0) return "There are no apps.\n";
  return columns([
    ["APP", "NAME", "FROM", "KEYS"],
    ...apps.map(({ id, name, source, keys }) => [
      printable(id),
      printable(name),
      printable(source),
      keysWords(keys),
    ]),
  ]);
}

function keysWords(keys: AppAnswer["keys"]): string {
  const off = keys.filter(({ active }) => !active).length;
  if (keys.length === 0) return "none";
  return off === 0 ? `${keys.length}` : `${keys.length}, ${off} of them off`;
}

/** One app, with its keys and identity providers. */
export function appText(app: AppAnswer, timeZone?: string): string {
  return [
    `${printable(app.id)}\n`,
    columns([
      ["name", printable(app.name)],
      ["from", fromWords(app, timeZone)],
      ["rooms", app.openRooms ? "opened by the first join that names them" : "created over the API only"],
      ["tokens", tokenWords(app)],
      [
        "at expiry",
        `${printable(app.expiryPolicy)}; client access tokens: ${printable(app.clientExpiryPolicy)}`,
      ],
      ["conferences", app.protectedConferences ? "joined with a conference access token" : "not protected"],
    ]),
    "Keys\n",
    app.keys.length === 0
      ? "  none\n"
      : columns([KEY_HEAD, ...app.keys.flatMap((key) => keyRows(key, timeZone))]),
    ...(app.issuers.length === 0 ? [] : ["Identity providers\n", columns(app.issuers.map(issuerRow))]),
  ].join("");
}

function fromWords({ source, createdAt }: AppAnswer, timeZone?: string): string {
  if (source === "settings") return "the settings of the gateway, and changed there";
  return createdAt === null
    ? printable(source)
    : `${printable(source)}, made ${localTime(createdAt, timeZone)}`;
}

function tokenWords({ allowNoExpiry, maxTokenSeconds }: AppAnswer): string {
  const expiry = allowNoExpiry ? "may come without an expiry" : "have to expire";
  return maxTokenSeconds === null ? expiry : `${expiry}, live ${durationText(maxTokenSeconds)} at most`;
}

const KEY_HEAD = ["KEY", "STATE", "SECRET", "STATE", "MADE", "ENDS"];

/** A line for each secret; the key itself stands in the first. */
function keyRows({ apiKey, active, secrets }: AppAnswer["keys"][number], timeZone?: string): string[][] {
  const key = [printable(apiKey), active ? "active" : "off"];
  if (secrets.length === 0) return [key];
  return secrets.map(({ id, status, createdAt, retiresAt }, index) => [
    ...(index === 0 ? key : ["", ""]),
    printable(id),
    printable(status),
    createdAt === null ? "" : localTime(createdAt, timeZone),
    retiresAt === null ? "" : localTime(retiresAt, timeZone),
  ]);
}

function issuerRow({ issuer, audience, algorithms, jwksUrl, keys }: AppAnswer["issuers"][number]): string[] {
  const from =
    jwksUrl === null ? `${keys.length} ${keys.length === 1 ? "key" : "keys"} set` : `keys from ${jwksUrl}`;
  return [issuer, `for ${audience}`, listed(algorithms), from].map(printable);
}

/** A secret that was just made: the only time that anybody sees it. */
export function newSecretText({ apiKey, secretId, secret }: NewSecretAnswer): string {
  return `${columns([
    ["key", printable(apiKey)],
    ["secret id", printable(secretId)],
    ["secret", printable(secret)],
  ])}The secret is shown this once. Keep it where others cannot read it.\n`;
}

/** What was revoked, one a line. */
export function revocationsText(revocations: readonly RevocationAnswer[], timeZone?: string): string {
  if (revocations.length === 0) return "Nothing is revoked.\n";
  return columns([
    ["REVOCATION", "TOKENS", "REVOKED", "KEPT UNTIL", "BY", "NOTE"],
    ...revocations.map((one) => [
      printable(one.id),
      tokensWords(one, timeZone),
      localTime(one.at, timeZone),
      one.until === null ? "for ever" : localTime(one.until, timeZone),
      printable(one.by),
      printable(one.note ?? ""),
    ]),
  ]);
}

/** Which tokens a revocation is about. */
export function tokensWords(revocation: RevocationAnswer, timeZone?: string): string {
  const { type, jti = "", participantId = "", roomId = null, key = "", before } = revocation;
  const issued = before === undefined ? "" : `, issued before ${localTime(before, timeZone)}`;
  switch (type) {
    case "token":
      return `the one with the id ${printable(jti)}`;
    case "participant":
      return `of ${printable(participantId)}, ${roomId === null ? "all rooms" : `room ${printable(roomId)}`}${issued}`;
    case "key":
      return `of the key ${printable(key)}${issued}`;
    case "all":
      return `all${issued}`;
    default:
      return printable(type);
  }
}
