import type { Pod } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import { defaultProfile, type Profile } from './profile.js';

/** Finds the profile of a Pod by its `schedulerName`. */
export class Profiles {
  readonly #byName: ReadonlyMap<string, Profile>;

  constructor(profiles: readonly Profile[]) {
    this.#byName = new Map(profiles.map((profile) => [profile.schedulerName, profile]));
  }

  /** undefined: another scheduler is asked for. */
  of({ spec }: Admitted<Pod>): Profile | undefined {
    return this.#byName.get(spec?.schedulerName || defaultProfile.schedulerName);
  }
}
