/**
 * Takes one file out of a zip archive on disk, as a stream: the archives here hold executables of
 * 150 MB. Reads the classic format only (no zip64, stored or deflated members), which is what wheels
 * use; anything else is a `ZipError` that says what was met.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

export class ZipError extends Error {
  override readonly name = 'ZipError';
}

const END_RECORD = 0x06054b50;
const END_RECORD_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

interface Member {
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly headerAt: number;
}

/** Writes `member` of the archive to `target` with `mode`; rejects if it is absent or shorter than promised. */
export async function extractMember(
  archive: string,
  member: string,
  target: string,
  mode: number,
): Promise<void> {
  const file = await open(archive, 'r');
  let found: Member;
  let dataAt: number;
  try {
    found = await findMember(file, member, archive);
    dataAt = await dataStart(file, found, archive);
  } finally {
    await file.close();
  }
  const packed = createReadStream(archive, { start: dataAt, end: dataAt + found.packed - 1 });
  const sink = createWriteStream(target, { mode, flush: true });
  if (found.method === DEFLATED) await pipeline(packed, createInflateRaw(), sink);
  else await pipeline(packed, sink);
  if (sink.bytesWritten !== found.size) {
    throw new ZipError(`${member} in ${archive} has ${sink.bytesWritten} bytes, expected ${found.size}`);
  }
}

async function findMember(file: FileHandle, member: string, archive: string): Promise<Member> {
  const { size: total } = await file.stat();
  const tail = await read(file, Math.max(0, total - END_RECORD_BYTES - LONGEST_COMMENT), total);
  let end = tail.length - END_RECORD_BYTES;
  while (end >= 0 && tail.readUInt32LE(end) !== END_RECORD) end -= 1;
  if (end < 0) throw new ZipError(`${archive} is not a zip archive`);
  const directoryAt = tail.readUInt32LE(end + 16);
  const directory = await read(file, directoryAt, directoryAt + tail.readUInt32LE(end + 12));
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === DIRECTORY_ENTRY;) {
    const nameLength = directory.readUInt16LE(at + 28);
    const name = directory.toString('utf8', at + 46, at + 46 + nameLength);
    if (name === member) {
      return {
        method: directory.readUInt16LE(at + 10),
        packed: directory.readUInt32LE(at + 20),
        size: directory.readUInt32LE(at + 24),
        headerAt: directory.readUInt32LE(at + 42),
      };
    }
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  throw new ZipError(`${archive} has no member ${member}`);
}

async function dataStart(file: FileHandle, member: Member, archive: string): Promise<number> {
  if (member.method !== STORED && member.method !== DEFLATED) {
    throw new ZipError(`${archive} uses compression method ${member.method}, not stored or deflated`);
  }
  const header = await read(file, member.headerAt, member.headerAt + 30);
  if (header.readUInt32LE(0) !== LOCAL_HEADER) throw new ZipError(`${archive} is damaged: no local header`);
  // The local header's extra field may differ in length from the directory's.
  return member.headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
}

async function read(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const buffer = Buffer.alloc(to - from);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
  return buffer.subarray(0, bytesRead);
}
