import { isWorse, type HealthCode } from '@tiphys/model';

/** The worst of some health codes; Healthy for none. Objects without health are undefined and don't count. */
export function worstOf(codes: Iterable<HealthCode | undefined>): HealthCode {
  let worst: HealthCode = 'Healthy';
  for (const code of codes) if (code !== undefined && isWorse(code, worst)) worst = code;
  return worst;
}
