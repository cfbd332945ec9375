import { str } from 'envalid';
import { wholeNumber } from './whole-number.js';

export interface EmulatorConfig {
  /** `EMULATOR_PORT` (4010; 0 picks any free port). */
  readonly port: number;
  /** `EMULATOR_DATA` (.data/demand.sqlite): SQLite file, or `:memory:`. */
  readonly data: string;
  /** `EMULATOR_SIMULATE` (on): `on` lets respondents complete interviews, so that statistics rise; `off` does not. */
  readonly simulate: boolean;
}

/** The variables of the emulator, for envalid's `cleanEnv`. */
export const emulatorVariables = {
  EMULATOR_PORT: wholeNumber(0, 65_535)({ default: 4010 }),
  EMULATOR_DATA: str({ default: '.data/demand.sqlite' }),
  EMULATOR_SIMULATE: str({ choices: ['on', 'off'] as const, default: 'on' }),
};

interface EmulatorEnvironment {
  readonly EMULATOR_PORT: number;
  readonly EMULATOR_DATA: string;
  readonly EMULATOR_SIMULATE: 'on' | 'off';
}

export function emulatorConfig(env: EmulatorEnvironment): EmulatorConfig {
  return {
    port: env.EMULATOR_PORT,
    data: env.EMULATOR_DATA,
    simulate: env.EMULATOR_SIMULATE === 'on',
  };
}
