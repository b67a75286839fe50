/** What the tests of the access table share: nodes over one store, with a clock of the test's. */
import { randomBytes } from "node:crypto";
import { createAccess, type AccessOptions } from "../../../src/access/access.js";
import type { Access, Answer } from "../../../src/access/port.js";
import { createSealer } from "../../../src/access/sealing.js";
import { TABLE } from "../../../src/access/stored.js";
import { createMemoryRecords } from "../../../src/log/memory/memory-records.js";
import type { Records } from "../../../src/log/records.js";
import type { Reason } from "../../../src/protocol/refusals.js";
import type { TokenMark } from "../../../src/room/grant.js";
import type { App, Issuer } from "../../../src/tokens/app.js";
import { appWith } from "../../../src/tokens/apps.js";
import type { Bearer } from "../../../src/tokens/standing.js";

export const START = 1_800_000_000_000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** No test waits for a look that was not asked for. */
const NEVER_MS = 1_000_000_000;

/** What an app is set to where nothing was said. */
export const SETTINGS = settingsOf(appWith({ id: "unset" }));
function settingsOf({ id: _id, name: _name, keys: _keys, issuers: _issuers, ...settings }: App) {
  return settings;
}
export const FIXED_SECRET = "a secret of the settings, 32 bytes and more";
/** An app of the settings. */
export const FIXED: App = appWith({
  id: "fixed",
  name: "Fixed",
  keys: [
    {
      apiKey: "fixed-key",
      active: true,
      secrets: [
        { id: "1", secret: FIXED_SECRET, retiresAt: null },
        { id: "2", secret: `${FIXED_SECRET}, older`, retiresAt: START - 1 },
      ],
    },
    { apiKey: "fixed-off", active: false, secrets: [{ id: "1", secret: FIXED_SECRET, retiresAt: null }] },
  ],
});

/** An identity provider. */
export function issuerOf(issuer: string, audience = "meetings"): Issuer {
  return {
    issuer,
    audience,
    algorithms: ["RS256"],
    jwksUrl: "https://id.example/keys",
    keys: [],
    claims: {
      permissions: { claim: null, values: {}, otherwise: ["allow_join"] },
      participantId: "sub",
      roomId: null,
      name: null,
    },
  };
}

/** A line that a node logged. */
export interface Line {
  readonly level: "debug" | "warn" | "error";
  readonly fields: object;
  readonly text: string;
}

/** One store, its clock, and the nodes on it. */
export class Bench {
  time = START;
  readonly now = (): number => this.time;
  readonly records: Records = createMemoryRecords(this.now, () => undefined);
  readonly lines: Line[] = [];
  readonly keys = [randomBytes(32)];
  private readonly nodes: Access[] = [];

  /** A node that was not started. */
  make(options: Partial<AccessOptions> = {}): Access {
    const note =
      (level: Line["level"]) =>
      (fields: object, text: string): void =>
        void this.lines.push({ level, fields, text });
    const node = createAccess({
      records: this.records,
      fixed: [FIXED],
      sealer: createSealer(this.keys),
      now: this.now,
      randomBytes,
      logger: { debug: note("debug"), warn: note("warn"), error: note("error") },
      pollMs: NEVER_MS,
      settleMs: 0,
      toleranceSeconds: 0,
      ...options,
    });
    this.nodes.push(node);
    return node;
  }

  /** A node that was started. */
  async node(options: Partial<AccessOptions> = {}): Promise<Access> {
    const node = this.make(options);
    await node.start();
    return node;
  }

  /** All that is stored. */
  dump(): Promise<ReadonlyMap<string, string>> {
    return this.records.fields(TABLE);
  }

  /** The store has this, and nothing else, from now on. */
  async restore(dump: ReadonlyMap<string, string>): Promise<void> {
    await this.records.write([
      { clear: TABLE },
      ...Array.from(dump, ([field, text]) => ({ put: TABLE, field, text })),
    ]);
  }

  /** The store has lost everything. */
  wipe(): Promise<void> {
    return this.restore(new Map());
  }

  close(): void {
    for (const node of this.nodes) node.close();
  }
}

/** The value of a yes; throws for a no. */
export function yes<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(`refused: ${answer.refusal.reason}`);
  return answer.value;
}

/** The reason of a no; null for a yes. */
export function reasonOf(answer: Answer<unknown>): Reason | null {
  return answer.ok ? null : answer.refusal.reason;
}

/** The mark of a customer's token. */
export function mark(part: Partial<TokenMark> = {}): TokenMark {
  return {
    fingerprint: "fingerprint",
    kind: "customer",
    key: "fixed-key",
    secretId: "1",
    jti: null,
    issuedAt: START - HOUR,
    ...part,
  };
}

/** Who shows a token. */
export function bearer(part: Partial<Bearer> = {}): Bearer {
  return { app: "fixed", roomId: null, participantId: null, ...part };
}

/** An app of the store with a key of a known name: its secret's id, and marks and bearers of its tokens. */
export async function madeApp(
  { admin }: Access,
  id = "acme",
): Promise<{ apiKey: string; secretId: string; secret: string; mark: TokenMark; bearer: Bearer }> {
  const { credentials } = yes(await admin.create({ id, settings: {} }));
  const { apiKey, secretId } = credentials;
  return { ...credentials, mark: mark({ key: apiKey, secretId }), bearer: bearer({ app: id }) };
}

/** How often a node said that tokens may count no more. */
export function alarmsOf(node: Access): { count: number } {
  const alarms = { count: 0 };
  node.onChange(() => void (alarms.count += 1));
  return alarms;
}

/** About a revocation of nothing in particular. */
export const ABOUT = { expiresAt: null, by: "admin", note: null } as const;
