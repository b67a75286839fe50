/** Following conferences by the SDK, over real sockets. */
import { afterEach, describe, expect, test } from "@jest/globals";
import { followNotifications, type Follower } from "../../src/client/index.js";
import { dial, type DialledSocket } from "../../src/ws/dial.js";
import { ConferenceWorld } from "../support/conference-world.js";
import { eventually } from "../support/eventually.js";
import { freshName } from "../support/v2.js";

describe("following conferences by the SDK", () => {
  const world = new ConferenceWorld("embedded");
  let followers: Follower[] = [];
  afterEach(() => {
    for (const follower of followers) follower.close();
    followers = [];
  });

  async function follow(alias: string, scope: string) {
    const sockets: DialledSocket[] = [];
    const told: string[] = [];
    const follower = followNotifications({
      url: `http://127.0.0.1:${world.gateway.second.port}`,
      token: await world.clientToken("ann", { app: "plain", scope }),
      notifications: [
        { type: "Conference.Created", conferenceAlias: alias },
        { type: "Participant.Joined", conferenceAlias: alias },
      ],
      openSocket: (url, protocols) => {
        const socket = dial(url, protocols);
        sockets.push(socket);
        return socket;
      },
      random: () => 0,
    });
    followers.push(follower);
    follower.on("following", () => told.push("following"));
    follower.on("notification", ({ type, participantId }) =>
      told.push(participantId === undefined ? type : `${type} ${participantId}`),
    );
    follower.on("error", ({ reason }) => told.push(`error ${reason}`));
    follower.on("ended", ({ why, text }) => told.push(`ended ${why}: ${text}`));
    return { told, sockets };
  }

  test("one hears of what happens, also after a line that was lost", async () => {
    const alias = freshName("standup");
    const { told, sockets } = await follow(alias, "notifications:set");
    await eventually(() => expect(told).toEqual(["following"]));
    await world.open({ alias }, { app: "plain" });
    await eventually(() => expect(told).toContain("Conference.Created"));
    sockets[0]?.terminate();
    await eventually(() => expect(told.filter((one) => one === "following")).toHaveLength(2));
    await world.enter(alias, "bob", null, { app: "plain" });
    await eventually(() => expect(told.at(-1)).toBe("Participant.Joined bob"));
    expect(told).toHaveLength(4);
  });

  test("a token that does not cover it is refused, and that is the end", async () => {
    const { told, sockets } = await follow(freshName("standup"), "session:update");
    await eventually(() => expect(told).toHaveLength(2));
    expect(told[0]).toBe("error scope_missing");
    expect(told[1]).toMatch(/^ended scope_missing: [A-Z].+\.$/);
    expect(sockets).toHaveLength(1);
  });
});
