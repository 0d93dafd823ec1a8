#!/usr/bin/env node
/** The program `gemini-images`. */
import { runProgram } from './program.ts';

/** Something that will not end (a connection that is still being tried) must not keep the prompt away. */
const LEAVE_MS = 1_000;

process.exitCode = await runProgram(process.argv.slice(2));
setTimeout(() => process.exit(), LEAVE_MS).unref();
