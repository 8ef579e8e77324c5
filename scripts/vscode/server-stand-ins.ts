/**
 * JavaScript in place of two native modules of the VS Code server, so that nothing has to be compiled. Without a
 * logger, output channels would stay empty.
 */
export const NATIVE_STAND_INS: Readonly<Record<string, string>> = {
  '@vscode/spdlog/index.js': `
const fs = require('node:fs');
const path = require('node:path');
const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
class Logger {
  constructor(file) {
    this.file = file;
    this.level = 2;
    this.bare = false;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.appendFileSync(file, '');
  }
  write(level, message) {
    if (level < this.level) return;
    const stamp = new Date().toISOString().replace('T', ' ').slice(0, 23);
    try {
      fs.appendFileSync(this.file, this.bare ? message : stamp + ' [' + LEVELS[level] + '] ' + message + '\\n');
    } catch {} // the data folder is gone: the server is being stopped
  }
  trace(m) { this.write(0, m); }
  debug(m) { this.write(1, m); }
  info(m) { this.write(2, m); }
  warn(m) { this.write(3, m); }
  error(m) { this.write(4, m); }
  critical(m) { this.write(5, m); }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  clearFormatters() { this.bare = true; }
  setPattern() {}
  flush() {}
  drop() {}
}
exports.version = 11400;
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = exports.createAsyncRotatingLogger = async (_name, file) => new Logger(file);
`,
  '@vscode/native-watchdog/index.js': `
exports.start = () => {};
exports.exit = (code) => process.exit(code || 0);
`,
};
