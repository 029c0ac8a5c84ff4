// An attack: its name, and the attempt itself, which throws where it was not refused. The suite runs them all and prints how many were refused.

export interface Attack {
  /** What is tried, in words: the test's name. */
  readonly name: string;
  /** Tries it, and holds with `expect` that it came to nothing. */
  run(): Promise<void> | void;
}

/** One kind of attack, one file. */
export interface Room {
  readonly of: string;
  readonly attacks: readonly Attack[];
}
