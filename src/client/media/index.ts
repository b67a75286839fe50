/** The public entry `admitone/client/media`: microphone, webcam and screen between the people of a meeting, straight from browser to browser. */
export {};
