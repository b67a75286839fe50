/** The pages that come with the gateway: meetings, the console, what they load, the SDK for pages of others, and a door plate. */
import { Router, type Request, type Response } from "express";
import { roomIdSchema } from "../protocol/commands.js";
import {
  ASSET_HEADERS,
  consoleHeaders,
  meetingHeaders,
  plainPageHeaders,
  SDK_HEADERS,
  type Headers,
} from "./page-headers.js";
import { cardPage, markup } from "./page.js";
import type { ServedFile } from "./served-file.js";
import type { WebFiles } from "./web-files.js";

/** What the pages are made of. */
export interface PagesOptions {
  readonly files: WebFiles;
  /** Where people reach the gateway, if that is known. */
  readonly publicUrl: string | null;
  /** Origins whose pages may show a meeting in a frame, beside the gateway's own. */
  readonly frameAncestors: readonly string[];
  /** The room of the first meeting in development; null: there is none. Rejects with a fault. */
  readonly firstMeeting: () => Promise<string | null>;
}

/** Builds the routes. What they do not know goes on to the next. */
export function pageRoutes({ files, publicUrl, frameAncestors, firstMeeting }: PagesOptions): Router {
  const router = Router();
  const isBuilt = files.pages.size > 0;
  const send = async (
    [request, response]: readonly [Request, Response],
    file: ServedFile | undefined,
    headers: Headers,
    next: () => void,
  ): Promise<void> => {
    if (file !== undefined) await file.send(request, response.set(headers));
    else if (isBuilt) next();
    else notBuilt(response);
  };
  const addressOf = ({ headers: { host } }: Request) => ({ host, publicUrl });

  router.get("/", async (_request, response) => {
    // Not worth a fault: the plate is there also while the store is away.
    const room = await firstMeeting().catch(() => null);
    const html = doorPlate(room);
    response
      .set({ ...plainPageHeaders(html), "Cache-Control": "no-cache" })
      .type("html")
      .send(html);
  });
  router.get("/m/:roomId", async (request, response, next) => {
    const isRoom = roomIdSchema.safeParse(request.params.roomId).success;
    if (isRoom)
      await send(
        [request, response],
        files.pages.get("meeting"),
        meetingHeaders(addressOf(request), frameAncestors),
        next,
      );
    else next();
  });
  router.get("/console{/*path}", (request, response, next) =>
    send([request, response], files.pages.get("console"), consoleHeaders(addressOf(request)), next),
  );
  router.get("/assets/:name", (request, response, next) =>
    send([request, response], files.assets.get(request.params.name), ASSET_HEADERS, next),
  );
  router.get("/sdk/:name", (request, response, next) =>
    send([request, response], files.sdk.get(request.params.name), SDK_HEADERS, next),
  );
  return router;
}

function notBuilt(response: Response): void {
  response
    .status(503)
    .set("Cache-Control", "no-store")
    .type("text/plain; charset=utf-8")
    .send("The pages of this gateway are not built. Build them with: npm run build\n");
}

function doorPlate(room: string | null): string {
  const meeting =
    room === null
      ? []
      : [markup`<p><a href="/m/${encodeURIComponent(room)}">The first meeting</a>, in development only</p>`];
  return cardPage(
    "A gateway for meetings",
    markup`<p>
        It stands at the door of online meetings: whoever comes shows a token, and walks in, or waits in the
        lobby until a host decides.
      </p>
      <p>Were you invited to a meeting? Then open the link that you were given.</p>
      ${meeting}
      <p><a href="/console">The console</a>, for whoever runs it</p>
      <p><a href="/docs">The REST API</a>, for back ends</p>`,
  );
}
