import type { ToolchainProgress } from './build.ts';

/** One line of text for a step, such as `compiling: 812 packages, 1 min 20 s`. */
export function describeProgress(progress: ToolchainProgress): string {
  switch (progress.step) {
    case 'building':
      return `building ${progress.tools.join(', ')} with Go (usually ${duration(progress.usualSeconds * 1000)} on 2 cores, once)`;
    case 'compiling':
      return `  compiling: ${progress.packages} packages, ${duration(progress.elapsedMs)}`;
    case 'waiting':
      return `  another process is building the tools: waited ${duration(progress.elapsedMs)}`;
    case 'built':
      return `built ${progress.tools.join(', ')} in ${duration(progress.elapsedMs)}`;
  }
}

/** Prints progress to a terminal or a log, at most one repeating line each 10 seconds. */
export function progressPrinter(write: (line: string) => void): (progress: ToolchainProgress) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const repeating = progress.step === 'compiling' || progress.step === 'waiting';
    if (repeating && performance.now() - last < 10_000) return;
    last = performance.now();
    write(describeProgress(progress));
  };
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const rest = seconds % 60;
  return rest === 0 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 60)} min ${rest} s`;
}
