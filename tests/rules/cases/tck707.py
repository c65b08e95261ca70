"""TCK707 cudnn-settings."""

BAD = {
    "both at once": """
import torch
torch.backends.cudnn.deterministic = True
torch.backends.cudnn.benchmark = True  # <-
""",
    "benchmark first": """
import torch
torch.backends.cudnn.benchmark = True  # <-
torch.backends.cudnn.deterministic = True
""",
    "by another name": """
import torch.backends.cudnn as cudnn
cudnn.deterministic = True
cudnn.benchmark = True  # <-
""",
    "imported": """
from torch.backends import cudnn
def prepare():
    cudnn.deterministic = True
    cudnn.benchmark = True  # <-
""",
    "in one line": """
import torch
torch.backends.cudnn.deterministic = torch.backends.cudnn.benchmark = True  # <-
""",
    "in the function that sets the seed, and at the top": """
import torch
torch.backends.cudnn.benchmark = True  # <-
def set_seed(seed):
    torch.manual_seed(seed)
    torch.backends.cudnn.deterministic = True
set_seed(0)
""",
    "deterministic algorithms": """
import torch
torch.use_deterministic_algorithms(True)
torch.backends.cudnn.benchmark = True  # <-
""",
    "under the same condition": """
import torch
if torch.cuda.is_available():
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = True  # <-
""",
    "as a context": """
import torch
with torch.backends.cudnn.flags(enabled=True, benchmark=True, deterministic=True):  # <-
    train()
""",
}

GOOD = {
    "reproducible": """
import torch
torch.backends.cudnn.deterministic = True
torch.backends.cudnn.benchmark = False
""",
    "fast": """
import torch
torch.backends.cudnn.deterministic = False
torch.backends.cudnn.benchmark = True
""",
    "one or the other": """
import torch
def prepare(args):
    if args.seed is not None:
        torch.backends.cudnn.deterministic = True
    else:
        torch.backends.cudnn.benchmark = True
""",
    "taken back": """
import torch
torch.backends.cudnn.benchmark = True
if args.deterministic:
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
""",
    "by an option": """
import torch
torch.backends.cudnn.deterministic = args.deterministic
torch.backends.cudnn.benchmark = not args.deterministic
""",
    "only one is set": """
import torch
torch.backends.cudnn.benchmark = True
""",
    "another object": """
from settings import config
config.deterministic = True
config.benchmark = True
""",
    "deterministic algorithms switched off": """
import torch
torch.use_deterministic_algorithms(False)
torch.backends.cudnn.benchmark = True
""",
    "two functions to choose from": """
import torch
def reproducible():
    torch.backends.cudnn.deterministic = True
def fast():
    torch.backends.cudnn.benchmark = True
""",
}
