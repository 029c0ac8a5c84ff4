// Time as something that is given: real in Lambda, simulated in the demo, headless runs and tests.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(ms: number): Promise<void>;
}
