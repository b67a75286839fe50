/** The way of a visitor: link, device check, door, lobby, room, end. One page, one store. */
import type { EntryDecision, Meeting } from "../../../client/meeting-types.js";
import type { Readable } from "../../shared/use-store.js";
import { askGateway, trialToken, type TrialRole } from "../entry/gateway.js";
import { keptAs, type MeetingLink } from "../entry/link.js";
import { tokenFacts } from "../entry/token-facts.js";
import { commandWords } from "../model/command-words.js";
import { outcomeOfDenial, outcomeOfEnd, outcomeOfRefusal, type Outcome } from "../model/outcome.js";
import type { Stage } from "../model/page-view.js";
import { doorErrorOf } from "./door-error.js";
import { Notices } from "./notices.js";
import type { PageWorld, PreviewDesk } from "./ports.js";
import { RoomStore } from "./room-store.js";
import { loadWishes, saveWishes, seatKeeper } from "./wishes.js";

/** The store of the page. Whoever makes it closes it. */
export class PageStore implements Readable<Stage> {
  view: Stage = { name: "opening" };
  readonly notices: Notices;
  readonly roomId: string;
  /** Devices before the door and in the lobby. */
  preview: PreviewDesk | null = null;
  /** The room, while one is in it. */
  room: RoomStore | null = null;

  private readonly listeners = new Set<() => void>();
  private token: string | null;
  private meeting: Meeting | null = null;
  private deaf: (() => void)[] = [];
  private denial: EntryDecision | null = null;
  private returned = false;
  private clockOffset = 0;

  constructor(
    private readonly world: PageWorld,
    link: MeetingLink | null,
  ) {
    this.notices = new Notices(world.startTimer);
    this.roomId = link?.roomId ?? "";
    this.token = link?.token ?? null;
    if (link === null) this.view = { name: "no-room" };
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Epoch milliseconds by the gateway's clock, in which its times are. */
  readonly now = (): number => this.world.now() + this.clockOffset;

  /** Looks around and shows the first page: back to a kept seat, the device check, or why nothing can begin. */
  async start(): Promise<void> {
    if (this.view.name === "no-room") return;
    const asked = askGateway(this.world.ask, this.roomId, this.world.now).then((facts) => {
      this.clockOffset = facts.clockOffset;
      return facts;
    });
    if (this.token === null) {
      const { development } = await asked;
      this.show({ name: "no-token", trial: development, busy: false, problem: null });
    } else if (seatKeeper(this.world.storage, this.roomId).load() !== null) await this.join(true);
    else this.check();
  }

  /** What was wished for the last time. */
  get wishes() {
    return loadWishes(this.world.storage, this.roomId);
  }

  /** Gets a token on a trial gateway, and goes on to the device check. */
  async beginTrial(name: string, role: TrialRole): Promise<void> {
    this.show({ name: "no-token", trial: true, busy: true, problem: null });
    try {
      this.takeToken(await trialToken(this.world.ask, this.roomId, { name, role }));
      saveWishes(this.world.storage, this.roomId, { ...this.wishes, name });
      this.check();
    } catch (error) {
      const problem = commandWords("No token", error);
      this.show({ name: "no-token", trial: true, busy: false, problem });
    }
  }

  /** A newer link was opened in this tab: its token counts from now on, in a running meeting too. */
  async newerToken(token: string): Promise<void> {
    this.takeToken(token);
    const { name } = this.view;
    if (name === "no-token" || name === "check" || name === "over") this.check();
    if ((name !== "room" && name !== "lobby") || this.meeting === null) return;
    try {
      await this.meeting.refreshToken(token);
      this.notices.tell("The newer token was taken.", "good");
    } catch (error) {
      this.notices.tell(commandWords("The newer token was not taken", error), "bad");
    }
  }

  /** Goes to the door, under this name and with the devices as they are in the preview. */
  async ask(name: string): Promise<void> {
    const { micOn, webcamOn } = this.preview?.view ?? { micOn: false, webcamOn: false };
    saveWishes(this.world.storage, this.roomId, { name, mic: micOn, webcam: webcamOn });
    await this.join(false);
  }

  /** Gives the wait up. */
  async cancel(): Promise<void> {
    try {
      await this.meeting?.leave();
    } catch (error) {
      this.notices.tell(commandWords("That did not work", error), "bad");
    }
  }

  /** Gives up a join that has no answer yet, and goes back to the device check. */
  giveUp(): void {
    const { meeting } = this;
    this.forgetMeeting();
    // What becomes of it does not matter any more: whoever was let in by then leaves.
    void meeting?.leave().catch(() => undefined);
    this.check();
  }

  /** Back to the device check, for another try. */
  check(): void {
    const { way, name } = tokenFacts(this.token ?? "");
    this.preview ??= this.world.openPreview(this.wishes);
    this.show({ name: "check", knocks: way === "unknown" ? null : way === "knock", fixedName: name });
  }

  /** Forgets the meeting and lets all devices go. */
  close(): void {
    this.endRoom();
    this.forgetMeeting();
    this.preview?.close();
    this.notices.close();
    this.listeners.clear();
  }

  private async join(back: boolean): Promise<void> {
    const { world, roomId, token } = this;
    if (token === null) return;
    this.forgetMeeting();
    this.denial = null;
    this.returned = false;
    this.show({ name: "joining", back });
    const keep = seatKeeper(world.storage, roomId);
    const meeting = world.openMeeting({ token, roomId, keep, ...this.wishes });
    this.meeting = meeting;
    this.deaf = [
      meeting.on("meeting-waiting", ({ cause }) => this.waiting(meeting, cause)),
      meeting.on("meeting-joined", () => this.inside(meeting)),
      meeting.on("entry-responded", (id, decision, more) => {
        if (decision === "denied" && id === meeting.participantId) this.denial = more;
      }),
      meeting.on("meeting-state-changed", () => this.lineChanged(meeting)),
      meeting.on("meeting-left", (left) => {
        const place = this.view.name === "room" ? "room" : "lobby";
        this.over(this.denial === null ? outcomeOfEnd(left, place) : outcomeOfDenial(this.denial));
      }),
    ];
    try {
      await meeting.join();
    } catch (error) {
      if (this.meeting === meeting && this.view.name === "joining") {
        this.over(outcomeOfRefusal(doorErrorOf(error)));
      }
    }
  }

  private waiting(meeting: Meeting, cause: string): void {
    if (cause === "returned") this.returned = true;
    this.endRoom();
    // A stay that was resumed into the lobby, or a return to it, has no devices yet.
    this.preview ??= this.world.openPreview(this.wishes);
    this.showWait(meeting);
  }

  private showWait(meeting: Meeting): void {
    const { waiting } = meeting;
    if (waiting === null) return;
    const { since, expiresAt, hostPresent } = waiting;
    const reconnecting = meeting.state === "reconnecting";
    const wait = { since, expiresAt, hostPresent, returned: this.returned, reconnecting };
    this.show({ name: "lobby", wait });
  }

  private lineChanged(meeting: Meeting): void {
    if (this.view.name === "lobby") this.showWait(meeting);
  }

  private inside(meeting: Meeting): void {
    if (this.room !== null) return;
    const media = this.world.joinMedia(meeting, this.preview);
    const { world, notices, now } = this;
    this.room = new RoomStore({ meeting, media, notices, world, now });
    this.preview = null;
    this.show({ name: "room" });
  }

  private over(outcome: Outcome): void {
    this.endRoom();
    this.forgetMeeting();
    this.preview?.close();
    this.preview = null;
    this.notices.clear();
    this.show({ name: "over", outcome });
  }

  private endRoom(): void {
    const { room, world, roomId } = this;
    if (room === null) return;
    const { micOn, webcamOn } = room.media.view;
    saveWishes(world.storage, roomId, { ...this.wishes, mic: micOn, webcam: webcamOn });
    room.close();
    this.room = null;
  }

  private forgetMeeting(): void {
    for (const undo of this.deaf) undo();
    this.deaf = [];
    this.meeting = null;
  }

  private takeToken(token: string): void {
    this.token = token;
    this.world.storage?.setItem(keptAs(this.roomId, "token"), token);
  }

  private show(stage: Stage): void {
    this.view = stage;
    for (const listener of [...this.listeners]) listener();
  }
}
