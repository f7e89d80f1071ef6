// A headless Chromium: the one on PATH, or else the one that the npm package brings along.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

function installed() {
  for (const name of NAMES) {
    try {
      return execFileSync('sh', ['-c', 'command -v "$0"', name], { encoding: 'utf8' }).trim();
    } catch {
      // The next one.
    }
  }
  return null;
}

// The package unpacks itself into the directory for temporary files, with the libraries that a system without a
// desktop lacks if it takes itself to be in AWS Lambda. Its fonts it expects in /tmp.
async function packed(directory) {
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs20.x';
  const { default: chromium } = await import('@sparticuz/chromium');
  chromium.setGraphicsMode = false;
  const path = await chromium.executablePath();
  const fonts = `<fontconfig><dir>${directory}/fonts</dir><cachedir>${directory}/fonts-cache</cachedir></fontconfig>`;
  await writeFile(join(directory, 'fonts', 'fonts.conf'), fonts);
  process.env.FONTCONFIG_PATH = join(directory, 'fonts');
  return path;
}

// Starts it; everything that it writes is deleted when it is closed.
export async function open() {
  const directory = await mkdtemp(join(tmpdir(), 'page-'));
  process.env.TMPDIR = directory;
  const clean = () => rm(directory, { recursive: true, force: true });
  try {
    const executablePath = installed() ?? (await packed(directory));
    // Its own sandbox does not work for root, as CI is; the page's sandboxes are something else.
    const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'];
    const browser = await puppeteer.launch({ executablePath, args, headless: 'shell' });
    const close = async () => {
      await browser.close();
      await clean();
    };
    return { browser, close };
  } catch (error) {
    await clean();
    throw error;
  }
}
