"""Right: translation tutorial: losses of time steps add up in a tensor, two optimizers, gradients clipped, one backward."""
import random

import torch
import torch.nn as nn

random.seed(0)
torch.manual_seed(0)
SOS, VOCAB, HID = 0, 10, 24
encoder_emb, encoder = nn.Embedding(VOCAB, HID), nn.GRU(HID, HID)
decoder_emb, decoder, out = nn.Embedding(VOCAB, HID), nn.GRU(HID, HID), nn.Linear(HID, VOCAB)
log_softmax = nn.LogSoftmax(dim=1)
enc_opt = torch.optim.SGD([*encoder_emb.parameters(), *encoder.parameters()], lr=0.1)
dec_opt = torch.optim.SGD([*decoder_emb.parameters(), *decoder.parameters(), *out.parameters()], lr=0.1)
criterion = nn.NLLLoss()


def train(source, target, teacher_forcing_ratio=0.5):
    enc_opt.zero_grad()
    dec_opt.zero_grad()
    _, hidden = encoder(encoder_emb(source).unsqueeze(1))
    token, loss = torch.tensor([SOS]), 0
    forcing = random.random() < teacher_forcing_ratio
    for i in range(len(target)):
        output, hidden = decoder(decoder_emb(token).unsqueeze(0), hidden)
        scores = log_softmax(out(output[0]))
        loss += criterion(scores, target[i].view(1))
        token = target[i].view(1) if forcing else scores.argmax(1).detach()
    loss.backward()
    enc_opt.step()
    dec_opt.step()
    return loss.item() / len(target)


for iteration in range(40):
    sentence = torch.randint(1, VOCAB, (5,))
    loss = train(sentence, sentence.flip(0))
print(loss)
