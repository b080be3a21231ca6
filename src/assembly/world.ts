/** More branches than anybody writes for one image. */
const MOST_WORLDS = 256;

/** One way in which the conditions of a template can be decided. What contradicts itself does not happen. */
export class World {
  private readonly answers = new Map<string, boolean>();
  private readonly values = new Map<string, string>();
  private next = 0;

  constructor(private readonly decisions: boolean[]) {}

  /** Whether something is so that only the deployment knows. */
  public decide(question: string): boolean {
    const answer = this.answers.get(question) ?? this.decideNext();
    this.answers.set(question, answer);
    return answer;
  }

  /** Whether a value that only the deployment knows is this text, out of those that are allowed. */
  public decideEquality(value: string, text: string, allowed: readonly string[] | undefined): boolean {
    const known = this.values.get(value);
    if (known !== undefined || allowed?.includes(text) === false) {
      return known === text;
    }
    const question = (candidate: string) => JSON.stringify([value, candidate]);
    const isOnlyOneLeft = allowed?.every((other) => other === text || this.answers.get(question(other)) === false) ?? false;
    const isEqual = isOnlyOneLeft || this.decide(question(text));
    if (isEqual) {
      this.values.set(value, text);
    }
    return isEqual;
  }

  private decideNext(): boolean {
    if (this.next === this.decisions.length) {
      this.decisions.push(true);
    }
    return this.decisions[this.next++];
  }
}

/** What is read in each of the worlds that differ for it; undefined if they are too many. */
export function inEachWorld<T>(read: (world: World) => T): T[] | undefined {
  const results: T[] = [];
  const decisions: boolean[] = [];
  do {
    if (results.length === MOST_WORLDS) {
      return undefined;
    }
    results.push(read(new World(decisions)));
    while (decisions.at(-1) === false) {
      decisions.pop();
    }
    if (decisions.length > 0) {
      decisions[decisions.length - 1] = false;
    }
  } while (decisions.length > 0);
  return results;
}
