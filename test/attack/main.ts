import { attackPlatform } from './attack';

/** `npm run attack`: prints what was tried and what came back; ends with 1 when anything was found. */
attackPlatform((line) => process.stderr.write(`${line}\n`)).then(
  (report) => {
    process.stdout.write(`${report.toString()}\n`);
    process.exitCode = report.findings.length + report.unproved.length === 0 ? 0 : 1;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 2;
  },
);
