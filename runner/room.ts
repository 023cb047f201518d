/** What a run may use of the machine at once. */
export interface Budget {
  /** Stages, each counted by the threads it declares. */
  readonly slots: number;
  readonly memoryBytes: number;
}

/** Hands out a budget, first come, first served. What is larger than the whole gets it all, alone. */
export class Room {
  readonly #budget: Budget;
  #used: Budget = { slots: 0, memoryBytes: 0 };
  readonly #waiting: { wanted: Budget; enter: () => void }[] = [];

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** Resolves when there is room; the function it gives makes the room free again. */
  async enter(wanted: Budget): Promise<() => void> {
    const capped = {
      slots: Math.min(wanted.slots, this.#budget.slots),
      memoryBytes: Math.min(wanted.memoryBytes, this.#budget.memoryBytes),
    };
    await new Promise<void>((enter) => {
      this.#waiting.push({ wanted: capped, enter });
      this.#admit();
    });
    return () => {
      this.#used = {
        slots: this.#used.slots - capped.slots,
        memoryBytes: this.#used.memoryBytes - capped.memoryBytes,
      };
      this.#admit();
    };
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const slots = this.#used.slots + next.wanted.slots;
      const memoryBytes = this.#used.memoryBytes + next.wanted.memoryBytes;
      if (slots > this.#budget.slots || memoryBytes > this.#budget.memoryBytes) return;
      this.#used = { slots, memoryBytes };
      this.#waiting.shift();
      next.enter();
    }
  }
}
