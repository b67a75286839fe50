/** The world as a browser gives it. Nothing is touched before it is asked for, so that importing works anywhere. */
import { makeId, startTimer } from "../surroundings.js";
import { startMeter } from "./meter.js";
import type { DevicesLike, MediaSurroundings, MediaWorld, PeerLike } from "./ports.js";

/** Fills in what a test does not put in itself. */
export function completeWorld(given: MediaSurroundings): MediaWorld {
  return {
    createPeer: given.createPeer ?? ((configuration) => browserPeer(new RTCPeerConnection(configuration))),
    devices: given.devices === undefined ? browserDevices() : given.devices,
    createStream: given.createStream ?? ((tracks) => new MediaStream([...tracks])),
    createMeter: given.createMeter ?? startMeter,
    startTimer: given.startTimer ?? startTimer,
    now: given.now ?? Date.now,
    makeId: given.makeId ?? makeId,
  };
}

function browserDevices(): DevicesLike | null {
  // Browsers leave it out on pages that are not encrypted, whatever the types say.
  return typeof navigator === "object" && "mediaDevices" in navigator ? navigator.mediaDevices : null;
}

/** A real connection as the port that is used. */
export function browserPeer(peer: RTCPeerConnection): PeerLike {
  return {
    get signalingState() {
      return peer.signalingState;
    },
    get connectionState() {
      return peer.connectionState;
    },
    get localDescription() {
      return peer.localDescription;
    },
    get remoteDescription() {
      return peer.remoteDescription;
    },
    listen(listeners) {
      peer.addEventListener("negotiationneeded", () => listeners.negotiationNeeded());
      peer.addEventListener("connectionstatechange", () => listeners.stateChanged());
      peer.addEventListener("icecandidate", ({ candidate }) => {
        if (candidate !== null) listeners.candidate(candidate.toJSON());
      });
    },
    addTransceiver: (kind) => peer.addTransceiver(kind, { direction: "sendrecv" }),
    getTransceivers: () => peer.getTransceivers(),
    setLocalDescription: () => peer.setLocalDescription(),
    setRemoteDescription: (description) => peer.setRemoteDescription(description),
    addIceCandidate: (candidate) => peer.addIceCandidate(candidate),
    setConfiguration: (configuration) => peer.setConfiguration(configuration),
    restartIce: () => peer.restartIce(),
    readStats: async () => {
      const all: unknown[] = [];
      (await peer.getStats()).forEach((one: unknown) => all.push(one));
      return all;
    },
    close: () => peer.close(),
  };
}
