import { Logger } from '@nestjs/common';

/** Refusals under test are expected; TEST_LOGS=1 shows what the services say. */
if (!process.env['TEST_LOGS']) Logger.overrideLogger(false);

export const logsAreQuiet = !process.env['TEST_LOGS'];
