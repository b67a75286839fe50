/** Kinds of streams and of devices. */
import type { MediaKind } from "../../protocol/commands.js";

/** What can be seen or heard of somebody. */
export type StreamKind = MediaKind | "share";

/** What one chooses a device for. Which speaker plays is for the page: `setSinkId` of its elements. */
export type DeviceKind = MediaKind | "speaker";
