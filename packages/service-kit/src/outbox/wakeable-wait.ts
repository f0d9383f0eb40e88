/** A pause that can be cut short. */
export interface WakeableWait {
  /**
   * Resolves after `milliseconds`; with `wakeable` also at a `wake`, including one that came since the last pause, which
   * tells of work that the look before this pause may have missed.
   */
  pause(milliseconds: number, options: { wakeable: boolean }): Promise<void>;
  wake(): void;
  /** Ends the pause under way and makes all later ones empty. */
  end(): void;
}

/** Makes a pause for one loop. */
export function createWakeableWait(): WakeableWait {
  let isWoken = false;
  let hasEnded = false;
  let finish: (() => void) | undefined;
  let canWake = false;
  return {
    pause(milliseconds, { wakeable }) {
      if (hasEnded || (wakeable && isWoken)) {
        isWoken = false;
        return Promise.resolve();
      }
      canWake = wakeable;
      return new Promise((resolve) => {
        finish = () => {
          clearTimeout(timer);
          finish = undefined;
          isWoken = false;
          resolve();
        };
        const timer = setTimeout(finish, milliseconds);
      });
    },
    wake() {
      isWoken = true;
      if (canWake) finish?.();
    },
    end() {
      hasEnded = true;
      finish?.();
    },
  };
}
