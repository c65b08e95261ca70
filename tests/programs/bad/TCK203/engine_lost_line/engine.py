import torch.nn.functional as F


def train_one_epoch(model, batches, optimizer, scheduler):
    model.train()
    losses = []
    for x, y in batches:
        loss = F.mse_loss(model(x), y)
        loss.backward()  # expect: TCK203
        scheduler.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return sum(losses) / len(losses)
