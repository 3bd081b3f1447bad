/** A folder that 7-Zip unpacks into: it exists only in memory, and every byte is taken from the budget before it is kept. */
import type { ContainerShare } from '../container.ts'
import type { FileSystem, FsNode, NodeOps, StreamOps } from './emscripten.ts'

/** A file that was unpacked. */
export interface SinkFile {
  readonly path: string
  readonly pieces: readonly Buffer[]
  readonly size: number
}

const NO_ENTRY = 44
const NOT_PERMITTED = 63
const FOLDER = 0o40755
const LINK = 0o120777
const SEEK_SET = 0
const SEEK_CUR = 1
/** 7-Zip writes pieces of any size; small ones are gathered. */
const GATHER_BYTES = 64 * 1024

/** Mounts such a folder; `files` has what was unpacked, in order. */
export function mountSink(
  fs: FileSystem,
  path: string,
  share: ContainerShare,
): { readonly files: readonly SinkFile[] } {
  const files: FileInWork[] = []
  const children = new Map<FsNode, Map<string, FsNode>>()
  const contents = new Map<FsNode, FileInWork>()
  const nodeOps: NodeOps = {
    lookup(parent, name) {
      const node = children.get(parent)?.get(name)
      if (node === undefined) throw new fs.ErrnoError(NO_ENTRY)
      return node
    },
    mknod: (parent, name, mode, dev) => add(parent, name, mode, dev),
    getattr: (node) => attributesOf(node, contents.get(node)?.size ?? 0),
    // Sizes are claimed before they are written, times and modes are nothing to us.
    setattr: () => undefined,
    readdir: (node) => ['.', '..', ...(children.get(node)?.keys() ?? [])],
    unlink: (parent, name) => void children.get(parent)?.delete(name),
    rmdir: (parent, name) => void children.get(parent)?.delete(name),
    rename() {
      throw new fs.ErrnoError(NOT_PERMITTED)
    },
    symlink: (parent, name) => add(parent, name, LINK, 0),
    readlink: () => '',
  }
  const streamOps: StreamOps = {
    write(stream, buffer, offset, length, position) {
      contents.get(stream.node)?.write(Buffer.from(buffer.buffer, buffer.byteOffset + offset, length), position, share)
      return length
    },
    llseek(stream, offset, whence) {
      const base =
        whence === SEEK_SET ? 0 : whence === SEEK_CUR ? stream.position : (contents.get(stream.node)?.size ?? 0)
      return base + offset
    },
    close: () => undefined,
  }
  function add(parent: FsNode | null, name: string, mode: number, dev: number): FsNode {
    const node = fs.createNode(parent, name, mode, dev)
    node.node_ops = nodeOps
    node.stream_ops = streamOps
    if (parent !== null) children.get(parent)?.set(name, node)
    if (fs.isDir(mode)) children.set(node, new Map())
    else if (mode !== LINK) {
      const file = new FileInWork(pathOf(node))
      files.push(file)
      contents.set(node, file)
    }
    return node
  }
  fs.mkdir(path)
  fs.mount({ mount: () => add(null, '/', FOLDER, 0) }, {}, path)
  return { files }
}

class FileInWork implements SinkFile {
  readonly path: string
  readonly pieces: Buffer[] = []
  size = 0
  #room: Buffer = Buffer.alloc(0)

  constructor(path: string) {
    this.path = path
  }

  /** Takes bytes at the end; a gap before them is zeros, and nothing is written twice. */
  write(bytes: Buffer, position: number, share: ContainerShare): void {
    const gap = position - this.size
    if (gap < 0) return
    share.take(gap + bytes.length)
    share.hold(gap + bytes.length)
    if (gap > 0) this.#append(Buffer.alloc(gap))
    this.#append(bytes)
  }

  #append(bytes: Buffer): void {
    this.size += bytes.length
    if (bytes.length >= GATHER_BYTES) {
      this.#room = Buffer.alloc(0)
      this.pieces.push(Buffer.from(bytes))
      return
    }
    const last = this.pieces.at(-1)
    if (last !== undefined && last.buffer === this.#room.buffer && bytes.length <= this.#room.length) {
      bytes.copy(this.#room)
      this.pieces[this.pieces.length - 1] = Buffer.from(last.buffer, last.byteOffset, last.length + bytes.length)
      this.#room = this.#room.subarray(bytes.length)
      return
    }
    const room = Buffer.allocUnsafeSlow(Math.max(bytes.length, Math.min(GATHER_BYTES, 4 * this.size)))
    bytes.copy(room)
    this.pieces.push(room.subarray(0, bytes.length))
    this.#room = room.subarray(bytes.length)
  }
}

/** The path below the mounted folder. */
function pathOf(node: FsNode): string {
  const words: string[] = []
  for (let at = node; at.parent !== at && at.name !== '/'; at = at.parent) words.unshift(at.name)
  return words.join('/')
}

function attributesOf(node: FsNode, size: number): object {
  const time = new Date(0)
  return {
    dev: 1,
    ino: 1,
    mode: node.mode,
    nlink: 1,
    uid: 0,
    gid: 0,
    rdev: 0,
    size,
    atime: time,
    mtime: time,
    ctime: time,
    blksize: 4096,
    blocks: Math.ceil(size / 4096),
  }
}
