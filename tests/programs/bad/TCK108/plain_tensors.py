import torch

x = torch.randn(64, 10, generator=torch.Generator().manual_seed(0))
y = x.sum(dim=1)

torch.manual_seed(0)
model = torch.nn.Linear(10, 1)
loss_fn = torch.nn.MSELoss(reduction="mean")
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for t in range(40):
    y_pred = model(x)
    loss = loss_fn(y_pred, y)  # expect: TCK108
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(t, loss.item())
