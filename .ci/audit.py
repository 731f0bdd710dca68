#!/usr/bin/env python3
"""Ask for known vulnerabilities of what requirements.lock pins: exit 1 for one, and only then.

Where the service cannot be reached, that is said, and nothing fails.
"""

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).parent.parent / "requirements.lock"
COMMAND = ["-m", "pip_audit", "--requirement", str(LOCK), "--disable-pip", "--require-hashes"]


def main() -> int:
    """Audit, and say what was found."""
    done = subprocess.run(
        [sys.executable, *COMMAND, "--format", "json", "--progress-spinner", "off"],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"audit: NOT DONE, no answer: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
        return 0
    audited = [each for each in found if "skip_reason" not in each]
    vulnerable = [each for each in audited if each["vulns"]]
    for each in vulnerable:
        for vulnerability in each["vulns"]:
            mend = ", ".join(vulnerability["fix_versions"]) or "none yet"
            print(f"{each['name']} {each['version']}: {vulnerability['id']}, mended in {mend}")
    print(f"audit: {len(audited)} of {len(found)} packages audited, {len(vulnerable)} vulnerable")
    if not audited:
        print("audit: NOT DONE, the vulnerability service cannot be reached from here")
    return 1 if vulnerable else 0


if __name__ == "__main__":
    sys.exit(main())
