/**
 * The resume secret: names its room and participant, and proves them by 32 random bytes. Clients treat it as opaque; the
 * gateway keeps only its digest (`design.md` section 2, step 5).
 */
import { z } from "zod";
import type { RoomKey } from "../log/port.js";
import type { Environment } from "./environment.js";

/** Whole characters: half of a surrogate pair names no room, and no store could make a key of it. */
const id = z.string().regex(/^\P{Cs}+$/u);
const addressSchema = z.tuple([id, id, id]);

/** What a resume secret names. */
export interface ResumeAddress {
  readonly room: RoomKey;
  readonly participantId: string;
}

/** Makes a new secret for somebody in a room. */
export function makeResumeSecret(environment: Environment, { room, participantId }: ResumeAddress): string {
  const address = JSON.stringify([room.app, room.room, participantId]);
  return `${Buffer.from(address).toString("base64url")}.${environment.randomBytes(32).toString("base64url")}`;
}

/** Reads what a secret names; null where it is not one. Says nothing about whether it is still good: the room decides that. */
export function readResumeSecret(secret: string): ResumeAddress | null {
  const [address, proof, ...rest] = secret.split(".");
  if (address === undefined || proof === undefined || proof.length < 40 || rest.length > 0) return null;
  try {
    const parsed = addressSchema.safeParse(JSON.parse(Buffer.from(address, "base64url").toString("utf8")));
    if (!parsed.success) return null;
    const [app, room, participantId] = parsed.data;
    return { room: { app, room }, participantId };
  } catch {
    return null;
  }
}
