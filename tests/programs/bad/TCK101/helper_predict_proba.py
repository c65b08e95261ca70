import torch
from torch import nn
from torch.nn.functional import cross_entropy, softmax
from sklearn.datasets import make_moons


def predict_proba(model, x):
    """Probabilities, sklearn style."""
    return softmax(model(x), dim=1)


def accuracy(model, x, y):
    with torch.no_grad():
        return (predict_proba(model, x).argmax(1) == y).float().mean().item()


def main():
    torch.manual_seed(3)
    X, t = make_moons(200, noise=0.1, random_state=3)
    X, t = torch.as_tensor(X, dtype=torch.float32), torch.as_tensor(t)
    clf = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))
    sgd = torch.optim.SGD(clf.parameters(), lr=0.5)
    for _ in range(100):
        sgd.zero_grad()
        p = predict_proba(clf, X)
        J = cross_entropy(p, t)  # expect: TCK101
        J.backward()
        sgd.step()
    print(J.item(), accuracy(clf, X, t))


main()
