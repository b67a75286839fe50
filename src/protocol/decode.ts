/** From text off the wire to a trusted value, or a refusal that names the member at fault. */
import type { z } from "zod";
import { clientMessageSchema, type ClientMessage } from "./commands.js";
import { refuse, type Refusal } from "./refusals.js";

/** A decoded value, or why there is none. `id` is the command id where one could be read, so that the refusal can be answered to it. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal; readonly id: string | null };

/** The first problem that a schema found, as a refusal: `field` is the path, `details.problem` says what is wrong with it. */
export function refusalOf(error: z.ZodError): Refusal {
  const issue = error.issues[0];
  if (issue === undefined) return refuse("invalid_parameter");
  const unknown = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const path = unknown === undefined ? issue.path : [...issue.path, unknown];
  const field = path.map(String).join(".");
  const problem = unknown === undefined ? issue.message : "is not a member of this message";
  return refuse("invalid_parameter", { ...(field === "" ? {} : { field }), details: { problem } });
}

/** Decodes one text frame of a client. Never throws. */
export function decodeClientMessage(text: string): Decoded<ClientMessage> {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    return {
      ok: false,
      id: null,
      refusal: refuse("invalid_parameter", { details: { problem: "is not JSON" } }),
    };
  }
  const result = clientMessageSchema.safeParse(input);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, id: idOf(input), refusal: refusalOf(result.error) };
}

function idOf(input: unknown): string | null {
  if (typeof input !== "object" || input === null || !("id" in input)) return null;
  return typeof input.id === "string" && input.id.length <= 256 ? input.id : null;
}
