"""Tests layers.py: it notices what crosses a floor the wrong way, and nothing else."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECK = Path(__file__).with_name("layers.py")
RULES = "App/Low:\nApp/High: App/Low\nTool:\n\nimports:\nCEngine: App/Low\nApp: Tool\n"
LOW = "internal import CEngine\n\n/// Below ``High``.\nstruct Low {}\n"
HIGH = "final class High {\n    let low = Low()\n}\n"


class Layers(unittest.TestCase):
    def check(self, rules=RULES, **files):
        """What is complained about in sources of these files, by names such as App_Low_Low."""
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder, "Sources")
            for name, text in ({"App_Low_Low": LOW, "App_High_High": HIGH, "Tool_Tool": "import App\n"} | files).items():
                path = Path(root, *name.split("_")).with_suffix(".swift")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            Path(folder, "rules").write_text(rules)
            done = subprocess.run(
                [sys.executable, CHECK, f"{folder}/rules", str(root)], check=False, capture_output=True, text=True
            )
            self.assertEqual(done.returncode, 1 if done.stderr.strip() else 0)
            return done.stderr.strip().replace(folder, "")

    def test_what_keeps_to_the_layers(self):
        self.assertEqual(self.check(), "")

    def test_a_type_above(self):
        complaint = self.check(App_Low_Low=LOW + "func make() -> Any { High() }\n")
        self.assertIn("App/Low may not use High, which is in App/High", complaint)
        self.assertIn("App/Low may not use High", self.check(App_Low_Other="extension High {}\n"))

    def test_a_type_above_in_a_comment_or_a_string(self):
        self.assertEqual(self.check(App_Low_Other='// High\nlet name = "High"\n'), "")

    def test_an_import_that_is_not_allowed(self):
        for line in ("import CEngine", "internal import CEngine", "@preconcurrency public import struct CEngine.Handle"):
            self.assertIn("App/High may not import CEngine", self.check(App_High_High=f"{line}\n{HIGH}"))
        self.assertIn("App/Low may not import App", self.check(App_Low_Low=f"import App\n{LOW}"))

    def test_a_folder_without_a_rule(self):
        self.assertIn("its folder has no rule", self.check(App_Middle_Middle="struct Middle {}\n"))

    def test_a_circle_in_the_rules(self):
        self.assertIn("does not come before it", self.check(rules="App/Low: App/High\nApp/High: App/Low\nTool:\n"))

    def test_an_arrow_that_nothing_needs(self):
        self.assertIn("App/High may use App/Low and does not", self.check(App_High_High="class High {}\n"))


if __name__ == "__main__":
    unittest.main()
