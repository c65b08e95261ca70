"""TCK705 incomplete-checkpoint."""

BAD = {
    "only the weights": """
import torch
def main(args, model):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    start_epoch = 0
    if args.resume:
        checkpoint = torch.load(args.resume)
        model.load_state_dict(checkpoint["state_dict"])  # <-
        start_epoch = checkpoint["epoch"]
    for epoch in range(start_epoch, args.epochs):
        train(model, optimizer)
""",
    "in a trainer": """
import torch
class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.AdamW(model.parameters())
        self.start_epoch = 0
    def resume(self, path):
        ckpt = torch.load(path, map_location="cpu")
        self.model.load_state_dict(ckpt["model"])  # <-
        self.start_epoch = ckpt["epoch"] + 1
""",
    "without the scheduler": """
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR
def main(net, path):
    opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    scheduler = CosineAnnealingLR(opt, 100)
    state = torch.load(path)
    net.load_state_dict(state["net"])  # <-
    opt.load_state_dict(state["opt"])
    start = state["epoch"]
    for epoch in range(start, 100):
        train(net, opt)
        scheduler.step()
""",
    "without the scaler": """
import torch
def main(model, path):
    optimizer = torch.optim.AdamW(model.parameters())
    scaler = torch.cuda.amp.GradScaler()
    checkpoint = torch.load(path)
    model.load_state_dict(checkpoint["model"])  # <-
    optimizer.load_state_dict(checkpoint["optimizer"])
    epoch_start = checkpoint["epoch"] + 1
    run(model, optimizer, scaler, epoch_start)
""",
    "read with get": """
import torch
model = build()
optimizer = torch.optim.RMSprop(model.parameters())
checkpoint = torch.load("last.pt")
model.load_state_dict(checkpoint.get("model"))  # <-
start_epoch = checkpoint.get("epoch", 0)
""",
    "counted in steps": """
import torch
model = build()
optimizer = torch.optim.Adam(model.parameters())
ckpt = torch.load("last.pt")
model.load_state_dict(ckpt["model_state_dict"])  # <-
global_step = ckpt["global_step"]
while global_step < 1000:
    global_step += 1
""",
    "the weights by a name": """
import torch
model = build()
optim = torch.optim.Adam(model.parameters())
ckpt = torch.load("last.pt")
weights = ckpt["state_dict"]
model.load_state_dict(weights)  # <-
first_epoch = int(ckpt["epoch"]) + 1
""",
    "neither optimizer nor scheduler": """
import torch
from torch import optim
model = build()
optimizer = optim.Adam(model.parameters())
lr_scheduler = optim.lr_scheduler.StepLR(optimizer, 10)
saved = torch.load("last.pt")
model.load_state_dict(saved["model"])  # <-
begin_epoch = saved["epoch"]
for epoch in range(begin_epoch, 20):
    lr_scheduler.step()
    train()
""",
}

GOOD = {
    "everything": """
import torch
model = build()
optimizer = torch.optim.Adam(model.parameters())
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)
scaler = torch.amp.GradScaler("cuda")
ckpt = torch.load("last.pt")
model.load_state_dict(ckpt["model"])
optimizer.load_state_dict(ckpt["optimizer"])
scheduler.load_state_dict(ckpt["scheduler"])
scaler.load_state_dict(ckpt["scaler"])
start_epoch = ckpt["epoch"] + 1
""",
    "weights to start from": """
import torch
model = build()
optimizer = torch.optim.Adam(model.parameters())
ckpt = torch.load("pretrained.pt")
model.load_state_dict(ckpt["model"])
print("trained for", ckpt["epoch"])
for epoch in range(10):
    train(model, optimizer)
""",
    "for evaluation": """
import torch
def evaluate(model, path):
    ckpt = torch.load(path)
    model.load_state_dict(ckpt["model"])
    start_epoch = ckpt["epoch"]
    return test(model, start_epoch)
""",
    "a plain descent keeps no state": """
import torch
model = build()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
ckpt = torch.load("last.pt")
model.load_state_dict(ckpt["model"])
start_epoch = ckpt["epoch"]
""",
    "another function loads it": """
import torch
def main(model, path):
    optimizer = torch.optim.Adam(model.parameters())
    ckpt = torch.load(path)
    model.load_state_dict(ckpt["model"])
    resume_optimizer(optimizer, ckpt)
    start_epoch = ckpt["epoch"]
""",
    "a loop over everything": """
import torch
def resume(objects, model, path):
    optimizer = torch.optim.Adam(model.parameters())
    ckpt = torch.load(path)
    model.load_state_dict(ckpt["model"])
    for key, thing in objects.items():
        thing.load_state_dict(ckpt[key])
    start_epoch = ckpt["epoch"]
""",
    "the schedule is stepped to where it was": """
import torch
model = build()
optimizer = torch.optim.Adam(model.parameters())
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)
ckpt = torch.load("last.pt")
model.load_state_dict(ckpt["model"])
optimizer.load_state_dict(ckpt["optimizer"])
start_epoch = ckpt["epoch"]
for _ in range(start_epoch):
    scheduler.step()
""",
    "the schedule knows the last epoch": """
import torch
model = build()
optimizer = torch.optim.Adam(model.parameters())
ckpt = torch.load("last.pt")
model.load_state_dict(ckpt["model"])
optimizer.load_state_dict(ckpt["optimizer"])
start_epoch = ckpt["epoch"]
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10, last_epoch=start_epoch)
""",
    "only the best score": """
import torch
model = build()
optimizer = torch.optim.Adam(model.parameters())
ckpt = torch.load("best.pt")
model.load_state_dict(ckpt["model"])
best_epoch = ckpt["epoch"]
""",
    "no optimizer here": """
import torch
def load(model, path):
    ckpt = torch.load(path)
    model.load_state_dict(ckpt["model"])
    start_epoch = ckpt["epoch"]
    return start_epoch
""",
}
