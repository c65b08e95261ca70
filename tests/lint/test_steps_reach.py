"""The order of a training step, wrong in the ways in which users get it wrong."""

from __future__ import annotations

import pytest

from tests.lint.linting import codes, lint_text

NEVER_CLEARED = {
    "plain loop": """
        for x, y in loader:
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
        """,
    "everything as parameters": """
        def train(model, optimizer, loader, criterion):
            for x, y in loader:
                loss = criterion(model(x), y)
                loss.backward()
                optimizer.step()
        """,
    "cleared once before the loop": """
        optimizer.zero_grad()
        for x, y in loader:
            criterion(model(x), y).backward()
            optimizer.step()
        """,
    "cleared once an epoch": """
        for epoch in range(3):
            optimizer.zero_grad()
            for x, y in loader:
                criterion(model(x), y).backward()
                optimizer.step()
        """,
    "while loop": """
        step = 0
        while step < 1000:
            criterion(model(x), y).backward()
            optimizer.step()
            step += 1
        """,
    "mixed precision": """
        scaler = torch.amp.GradScaler()
        for x, y in loader:
            with torch.autocast("cuda"):
                loss = criterion(model(x), y)
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
        """,
    "accumulation that never clears": """
        for i, (x, y) in enumerate(loader):
            (criterion(model(x), y) / 4).backward()
            if (i + 1) % 4 == 0:
                optimizer.step()
        """,
    "cleared in one branch only": """
        for x, y in loader:
            if use_amp:
                optimizer.zero_grad()
                scaler.scale(criterion(model(x), y)).backward()
                scaler.step(optimizer)
            else:
                criterion(model(x), y).backward()
                optimizer.step()
        """,
    "cleared now and then": """
        for i, (x, y) in enumerate(loader):
            criterion(model(x), y).backward()
            optimizer.step()
            if i % 100 == 0:
                optimizer.zero_grad()
        """,
    "closure": """
        def closure():
            loss = criterion(model(x), y)
            loss.backward()
            return loss
        for _ in range(20):
            optimizer.step(closure)
        """,
    "helper": """
        def train_step(x, y):
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            return loss.item()
        for x, y in loader:
            train_step(x, y)
        """,
    "method that is called in a loop": """
        class Trainer:
            def __init__(self, model):
                self.model = model
                self.optimizer = optim.Adam(model.parameters())
            def step(self, x, y):
                F.mse_loss(self.model(x), y).backward()
                self.optimizer.step()
            def fit(self, loader):
                for x, y in loader:
                    self.step(x, y)
        """,
    "learn method of an agent": """
        class Agent:
            def __init__(self):
                self.net = nn.Linear(4, 2)
                self.optimizer = optim.Adam(self.net.parameters())
            def learn(self, batch):
                loss = F.mse_loss(self.net(batch.states), batch.targets)
                loss.backward()
                self.optimizer.step()
        """,
    "optimizers in a list": """
        a, b = nn.Linear(4, 4), nn.Linear(4, 1)
        opts = [optim.SGD(a.parameters(), lr=0.1), optim.SGD(b.parameters(), lr=0.1)]
        for x, y in loader:
            opts[0].zero_grad()
            F.mse_loss(b(a(x)), y).backward()
            for opt in opts:
                opt.step()
        """,
    "the other model is cleared": """
        a, b = nn.Linear(4, 4), nn.Linear(4, 1)
        opt = optim.SGD(b.parameters(), lr=0.1)
        for x, y in loader:
            a.zero_grad()
            F.mse_loss(b(x), y).backward()
            opt.step()
        """,
    "discriminator of a GAN": """
        G, D = nn.Linear(2, 4), nn.Linear(4, 1)
        opt_G, opt_D = optim.Adam(G.parameters()), optim.Adam(D.parameters())
        for real in loader:
            loss_d = F.softplus(D(G(z).detach())).mean() + F.softplus(-D(real)).mean()
            loss_d.backward()
            opt_D.step()
            opt_G.zero_grad()
            F.softplus(-D(G(z))).mean().backward()
            opt_G.step()
        """,
    "accelerator": """
        model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
        for x, y in loader:
            accelerator.backward(criterion(model(x), y))
            optimizer.step()
        """,
    "apex": """
        for x, y in loader:
            with amp.scale_loss(criterion(model(x), y), optimizer) as scaled:
                scaled.backward()
            optimizer.step()
        """,
    "manual optimization of Lightning": """
        import pytorch_lightning as pl
        class Lit(pl.LightningModule):
            def fit_all(self, loader):
                opt = self.optimizers()
                for x in loader:
                    self.manual_backward(self(x))
                    opt.step()
        """,
    "weights updated by hand": """
        w = torch.zeros(3, requires_grad=True)
        for x, y in loader:
            loss = ((x @ w - y) ** 2).mean()
            loss.backward()
            with torch.no_grad():
                w -= 0.1 * w.grad
        """,
    "parameters updated by hand": """
        for x, y in loader:
            criterion(model(x), y).backward()
            with torch.no_grad():
                for p in model.parameters():
                    p.sub_(0.1 * p.grad)
        """,
    "data updated by hand": """
        for x, y in loader:
            criterion(model(x), y).backward()
            for p in model.parameters():
                p.data.add_(p.grad.data, alpha=-0.1)
        """,
    "clipped and scheduled": """
        for x, y in loader:
            criterion(model(x), y).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
            print(optimizer.param_groups[0]["lr"])
        """,
    "with a progress bar and a logger": """
        from tqdm import tqdm
        for epoch in range(10):
            bar = tqdm(loader)
            for batch in bar:
                loss = model(**batch).loss
                loss.backward()
                optimizer.step()
                bar.set_description(f"{loss.item():.3f}")
                wandb.log({"lr": optimizer.param_groups[0]["lr"]})
        """,
}


@pytest.mark.parametrize("source", NEVER_CLEARED.values(), ids=NEVER_CLEARED)
def test_missing_zero_grad(source: str) -> None:
    assert codes(source) == ["TCK201"]


CLEARED_TOO_EARLY = {
    "between backward and step": """
        for x, y in loader:
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()
        """,
    "by the model": """
        model = nn.Linear(4, 1)
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        for x, y in loader:
            F.mse_loss(model(x), y).backward()
            model.zero_grad()
            optimizer.step()
        """,
    "mixed precision": """
        for x, y in loader:
            scaler.scale(criterion(model(x), y)).backward()
            optimizer.zero_grad()
            scaler.step(optimizer)
            scaler.update()
        """,
    "accumulation, the two swapped": """
        for i, (x, y) in enumerate(loader):
            (criterion(model(x), y) / 4).backward()
            if i % 4 == 3:
                optimizer.zero_grad()
                optimizer.step()
        """,
    "in a helper": """
        def update():
            optimizer.zero_grad()
            optimizer.step()
        for x, y in loader:
            criterion(model(x), y).backward()
            update()
        """,
    "in a closure": """
        def closure():
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.zero_grad()
            return loss
        for _ in range(9):
            optimizer.step(closure)
        """,
    "gradients set to None": """
        model = nn.Linear(4, 1)
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        for x, y in loader:
            F.mse_loss(model(x), y).backward()
            for p in model.parameters():
                p.grad = None
            optimizer.step()
        """,
}


@pytest.mark.parametrize("source", CLEARED_TOO_EARLY.values(), ids=CLEARED_TOO_EARLY)
def test_zero_grad_before_step(source: str) -> None:
    assert codes(source) == ["TCK202"]


NEVER_STEPPED = {
    "no step at all": """
        model = nn.Linear(4, 1)
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        for x, y in loader:
            optimizer.zero_grad()
            F.mse_loss(model(x), y).backward()
        """,
    "only the schedule": """
        model = nn.Linear(4, 1)
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        scheduler = optim.lr_scheduler.StepLR(optimizer, 5)
        for x, y in loader:
            optimizer.zero_grad()
            F.mse_loss(model(x), y).backward()
            scheduler.step()
        """,
    "either the schedule or the step": """
        def train(model, optimizer, scheduler, loader):
            for x, y in loader:
                optimizer.zero_grad()
                F.mse_loss(model(x), y).backward()
                if scheduler is not None:
                    scheduler.step()
                else:
                    optimizer.step()
        """,
    "under a flag for debugging": """
        for x, y in loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            if args.debug:
                optimizer.step()
        """,
    "indented too little": """
        optimizer = optim.Adam(model.parameters())
        for epoch in range(3):
            for x, y in loader:
                optimizer.zero_grad()
                criterion(model(x), y).backward()
            optimizer.step()
        """,
    "scaler without its step": """
        model = nn.Linear(4, 1)
        optimizer = optim.Adam(model.parameters())
        scaler = torch.amp.GradScaler()
        for x, y in loader:
            optimizer.zero_grad()
            scaler.scale(F.mse_loss(model(x), y)).backward()
            scaler.update()
        """,
}


@pytest.mark.parametrize("source", NEVER_STEPPED.values(), ids=NEVER_STEPPED)
def test_missing_optimizer_step(source: str) -> None:
    assert codes(source) == ["TCK203"]


def test_the_finding_stands_at_the_backward_and_names_the_step() -> None:
    (finding,) = lint_text(
        """
        for x, y in loader:
            loss = criterion(model(x), y)
            loss.backward()
            self.opt.step()
        """,
        prelude="",
    )

    assert (finding.row, finding.place.start.column) == (4, 5)
    assert "`self.opt`" in finding.message
    assert "script.py:5" in finding.message
