/** Who did something in a room. */
import type { Reader } from "./reader.js";

/** Somebody in the room, a back end (this console among them), or a rule by itself. */
export type Actor =
  | { readonly kind: "participant"; readonly participantId: string; readonly name: string }
  | { readonly kind: "api"; readonly name: string | null }
  | { readonly kind: "rule" };

/** Reads who did it. */
export function readActor(actor: Reader): Actor {
  const kind = actor.oneOf("kind", ["participant", "api", "rule"]);
  switch (kind) {
    case "participant":
      return { kind, participantId: actor.text("participantId"), name: actor.text("name") };
    case "api":
      return { kind, name: actor.textOrNull("name") };
    case "rule":
      return { kind };
  }
}

/** Who did it, in words; `nameOf` says how somebody is called whose id and name are known. */
export function actorName(actor: Actor, nameOf: (id: string, name: string) => string): string {
  switch (actor.kind) {
    case "participant":
      return nameOf(actor.participantId, actor.name);
    case "api":
      return actor.name ?? "a back end";
    case "rule":
      return "a rule of the room";
  }
}
