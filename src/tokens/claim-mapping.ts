/** From the claims of an identity provider to ours, as the app has set it (`ClaimMapping` in `app.ts`). */
import type { Permission } from "../room/grant.js";
import type { ClaimMapping } from "./app.js";
import { claimInvalid, decodeTimes, PERMISSIONS, type Claims, type Decoded } from "./claims.js";
import { nameFrom, participantIdOf } from "./external-id.js";
import { isJsonObject, type JsonObject } from "./strict-json.js";

/** Claims whose text is a list of words by standard (RFC 8693 section 4.2); any other text is one value, spaces and all. */
const WORD_LISTS: readonly string[] = ["scope", "scp"];

/**
 * Reads the claims of an identity provider's token. Refuses with `claims_invalid` and the claim that is missing or not of the right
 * form. Its bearer opens meetings, and nothing else.
 */
export function mapClaims(payload: JsonObject, mapping: ClaimMapping): Decoded {
  const read = decodeTimes(payload);
  if (!read.ok) return read;
  const subject = textAt(payload, mapping.participantId);
  if (subject === null) return { ok: false, refusal: claimInvalid(mapping.participantId) };
  const roomId = mapping.roomId === null ? null : textAt(payload, mapping.roomId);
  if (mapping.roomId !== null && roomId === null) {
    return { ok: false, refusal: claimInvalid(mapping.roomId) };
  }
  const name = mapping.name === null ? null : textAt(payload, mapping.name);
  const permissions = mapPermissions(payload, mapping.permissions);
  const claims: Claims = {
    ...read.times,
    jti: read.jti,
    roomId,
    participantId: participantIdOf(subject),
    permissions: permissions.length === 0 ? null : permissions,
    roles: ["rtc"],
    oneTime: false,
    scopes: null,
    name: name === null || name.trim() === "" ? null : nameFrom(name),
  };
  return { ok: true, claims };
}

/** All that the values of the claim stand for; `otherwise`, where none of them stands for anything. */
function mapPermissions(
  payload: JsonObject,
  { claim, values, otherwise }: ClaimMapping["permissions"],
): readonly Permission[] {
  const held = claim === null ? [] : valuesOf(claim, claimAt(payload, claim));
  const known = held.filter((value) => Object.hasOwn(values, value));
  const mapped = known.length === 0 ? otherwise : known.flatMap((value) => values[value] ?? []);
  return PERMISSIONS.filter((permission) => mapped.includes(permission));
}

function valuesOf(claim: string, value: unknown): readonly string[] {
  const list: readonly unknown[] =
    typeof value === "string" && WORD_LISTS.includes(claim)
      ? value.split(" ")
      : Array.isArray(value)
        ? value
        : [value];
  return list.filter((one) => typeof one === "string");
}

function textAt(payload: JsonObject, claim: string): string | null {
  const value = claimAt(payload, claim);
  return typeof value === "string" && value !== "" ? value : null;
}

/**
 * What a claim is in a payload: the member of this very name, else what lies behind a member whose name the claim begins with,
 * up to a dot. Names may have dots in them, as those in the form of a URL do. Undefined: there is no such claim.
 */
export function claimAt(value: JsonObject, claim: string): unknown {
  if (Object.hasOwn(value, claim)) return value[claim];
  for (let dot = claim.indexOf("."); dot >= 0; dot = claim.indexOf(".", dot + 1)) {
    const outer = claim.slice(0, dot);
    const inner = Object.hasOwn(value, outer) ? value[outer] : undefined;
    const found = isJsonObject(inner) ? claimAt(inner, claim.slice(dot + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
