/** Secrets at rest: AES-256-GCM (NIST SP 800-38D) under keys that only the environment of a gateway has. */
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  randomBytes as systemRandomBytes,
  type KeyObject,
} from "node:crypto";

/** Seals texts for the store, and opens them. */
export interface Sealer {
  /** Seals a text with the first key. `about` says what it is and whose, and must be said again to open it; it is not kept. */
  seal(text: string, about: readonly string[]): string;
  /** The text; null: none of the keys opens it, it was changed, it is about something else, or it is no sealed text at all. */
  open(sealed: string, about: readonly string[]): string | null;
  /** Whether the first key sealed it. If not, whoever wants to drop the other keys one day seals it again. */
  isCurrent(sealed: string): boolean;
}

const FORM = "v1";
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Makes a sealer. The first key seals, all of them open, so that a key is replaced by putting the new one in front. A sealed text is
 * `v1.<key id>.<base64url of IV, ciphertext, tag>`; the IV is random, 96 bits. What a text is about is authenticated with it: moved
 * to another place, it does not open. Null where there are no keys: then nothing can be sealed or opened.
 *
 * @throws RangeError for a key that has not 32 bytes
 */
export function createSealer(
  keys: readonly Buffer[],
  randomBytes: (count: number) => Buffer = systemRandomBytes,
): Sealer | null {
  const ring = keys.map(prepare);
  const [first] = ring;
  if (first === undefined) return null;
  return {
    seal(text, about) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", first.key, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(associated(first.id, about));
      const body = Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return [FORM, first.id, body.toString("base64url")].join(".");
    },
    open(sealed, about) {
      const parts = partsOf(sealed);
      const key = ring.find(({ id }) => id === parts?.id);
      if (parts === null || key === undefined) return null;
      const { body } = parts;
      const decipher = createDecipheriv("aes-256-gcm", key.key, body.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(associated(key.id, about));
      decipher.setAuthTag(body.subarray(-TAG_BYTES));
      try {
        const text = decipher.update(body.subarray(IV_BYTES, -TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString("utf8");
      } catch {
        // The tag does not fit. Why, nobody can know, and nobody needs to be told.
        return null;
      }
    },
    isCurrent: (sealed) => partsOf(sealed)?.id === first.id,
  };
}

interface Key {
  readonly id: string;
  readonly key: KeyObject;
}

/** A key's id is made from it one way, so that texts name their key and say nothing about it. */
function prepare(bytes: Buffer): Key {
  if (bytes.length !== KEY_BYTES) throw new RangeError(`an encryption key has ${KEY_BYTES} bytes`);
  const id = Buffer.from(hkdfSync("sha256", bytes, "", "admitone encryption key id", 6));
  return { id: id.toString("base64url"), key: createSecretKey(bytes) };
}

/** As a list in JSON: `["a", "b"]` and `["a b"]` stay apart. */
function associated(keyId: string, about: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify([FORM, keyId, ...about]));
}

function partsOf(sealed: string): { readonly id: string; readonly body: Buffer } | null {
  const [form, id, text, ...more] = sealed.split(".");
  if (form !== FORM || id === undefined || text === undefined || more.length > 0) return null;
  const body = Buffer.from(text, "base64url");
  return body.length < IV_BYTES + TAG_BYTES ? null : { id, body };
}
