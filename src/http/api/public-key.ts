/** `GET /v2/public/rsa-public-key`: what receivers of webhooks verify `videosdk-signature` with (`reference/videosdk.md` section 3). */
import { z } from "zod";
import { route, yes, type Route } from "../route.js";
import type { Services } from "./services.js";

/** The route of the public key. */
export function publicKeyRoutes(services: Services): Route[] {
  return [
    route(
      {
        method: "get",
        path: "/v2/public/rsa-public-key",
        tag: "Webhooks",
        summary: "The key that verifies the signatures of webhooks",
        access: "public",
        asks: z.object({}),
        answer: z.strictObject({ publicKey: z.string().describe("PEM, PKCS#1") }),
      },
      async () => yes({ publicKey: await services.webhooks.publicKey() }),
    ),
  ];
}
