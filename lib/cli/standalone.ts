import type { SynthHost } from '../constructs/host.js';
import { ifAtRest } from './at-rest.js';
import { InputError } from './command.js';
import { Deliveries } from './host.js';

/** The host of a program that is run directly: reports and writes when the program has nothing left to do, as the CLI does. */
export const standaloneHost: SynthHost = (() => {
  let deliveries: Deliveries | undefined;
  const current = (): Deliveries => {
    if (deliveries === undefined) {
      const made = new Deliveries();
      deliveries = made;
      const finish = (): void => {
        process.off('beforeExit', finish);
        deliveries = undefined;
        try {
          const code = made.finish();
          if (code !== 0) process.exitCode = code;
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          process.stderr.write(`plimsoll: ${error.message}\n`);
          process.exitCode = 1;
        }
      };
      process.once('beforeExit', finish);
      ifAtRest(finish);
    }
    return deliveries;
  };
  return { step: (text) => current().step(text), deliver: (delivery) => current().deliver(delivery) };
})();
