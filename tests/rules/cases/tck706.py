"""TCK706 timing-without-synchronize."""

_HEAD = "import time\nimport timeit\nimport torch\nimport torch.nn as nn\n\n\ndef measure(x, y, loader, criterion, n=10):\n    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\n    model = nn.Linear(8, 8).to(device)\n    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n    x = x.to(device)\n"

BAD = {
    "a forward": f"{_HEAD}    start = time.time()\n    out = model(x)\n    print('took', time.time() - start)  # <-\n    return out\n",
    "an end by name": f"{_HEAD}    t0 = time.perf_counter()\n    out = model(x)\n    t1 = time.perf_counter()  # <-\n    print(t1 - t0)\n    return out\n",
    "many forwards": f"{_HEAD}    start = time.time()\n    for _ in range(n):\n        out = model(x)\n    elapsed = time.time() - start  # <-\n    return elapsed / n, out\n",
    "without gradients": f"{_HEAD}    start = time.time()\n    with torch.no_grad():\n        out = model(x)\n    elapsed = time.time() - start  # <-\n    return elapsed, out\n",
    "a forward and a backward": f"{_HEAD}    start = time.time()\n    loss = model(x).sum()\n    loss.backward()\n    optimizer.step()\n    elapsed = time.time() - start  # <-\n    return elapsed\n",
    "an operation": "import time\nimport torch\n\na = torch.randn(1000, 1000).cuda()\nb = torch.randn(1000, 1000, device='cuda')\nstart = time.time()\nc = torch.mm(a, b)\nend = time.time()  # <-\nprint(end - start)\n",
    "a model moved in place": "import time\nimport torch\nfrom torchvision.models import resnet18\n\nmodel = resnet18()\nmodel.cuda()\nx = torch.randn(1, 3, 224, 224).cuda()\nstart = time.perf_counter()\nmodel(x)\nprint(time.perf_counter() - start)  # <-\n",
    "each batch": f"{_HEAD}    times = []\n    for images in loader:\n        images = images.to(device)\n        begin = time.time()\n        out = model(images)\n        times.append(time.time() - begin)  # <-\n    return times, out\n",
    "the timer of timeit": f"{_HEAD}    start = timeit.default_timer()\n    out = model(x)\n    print(timeit.default_timer() - start)  # <-\n    return out\n",
}

GOOD = {
    "synchronised": f"{_HEAD}    torch.cuda.synchronize()\n    start = time.time()\n    out = model(x)\n    torch.cuda.synchronize()\n    print('took', time.time() - start)\n    return out\n",
    "item": f"{_HEAD}    start = time.time()\n    total = model(x).sum().item()\n    print('took', time.time() - start)\n    return total\n",
    "cpu": f"{_HEAD}    start = time.time()\n    out = model(x).cpu()\n    print('took', time.time() - start)\n    return out\n",
    "an epoch": f"{_HEAD}    start = time.time()\n    total = 0.0\n    for images, labels in loader:\n        optimizer.zero_grad()\n        loss = criterion(model(images.to(device)), labels.to(device))\n        loss.backward()\n        optimizer.step()\n        total += loss.item()\n    print('epoch', time.time() - start)\n    return total\n",
    "a whole run": f"{_HEAD}    start = time.time()\n    train(model, optimizer, loader)\n    print('all', time.time() - start)\n",
    "no GPU": "import time\nimport torch\nimport torch.nn as nn\n\nmodel = nn.Linear(8, 8)\nx = torch.randn(4, 8)\nstart = time.time()\nmodel(x)\nprint(time.time() - start, torch.cuda.is_available())\n",
    "events": f"{_HEAD}    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)\n    start.record()\n    out = model(x)\n    end.record()\n    torch.cuda.synchronize()\n    print(start.elapsed_time(end))\n    return out\n",
    "a function that may wait": f"{_HEAD}    start = time.time()\n    out = model(x)\n    wait_for_gpu()\n    print('took', time.time() - start)\n    return out\n",
    "synchronised on a branch": f"{_HEAD}    start = time.time()\n    out = model(x)\n    if device.type == 'cuda':\n        torch.cuda.synchronize(device)\n    print('took', time.time() - start)\n    return out\n",
    "a print of the result": f"{_HEAD}    start = time.time()\n    out = model(x)\n    print(out)\n    print('took', time.time() - start)\n",
    "a seed": f"{_HEAD}    seed = time.time()\n    out = model(x)\n    return out, seed\n",
    "back to the CPU": f"{_HEAD}    start = time.time()\n    out = model(x).to('cpu')\n    print('took', time.time() - start)\n    return out\n",
}
